"""docs/operations.md walked in a folder of its own: real nginx, gunicorn, commands; ``systemd`` plays systemd."""
