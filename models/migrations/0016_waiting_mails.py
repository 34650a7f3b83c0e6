"""Mails that wait are found by an index, however many were sent."""


def up(migrator, db):
    migrator.migrate(
        migrator.add_index("outbox_mail", ("sent_at", "created_at")),
        migrator.drop_index("outbox_mail", "outboxmail_next_at"),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.sql('CREATE INDEX "outboxmail_next_at" ON "outbox_mail" ("next_at")'),
        migrator.drop_index("outbox_mail", "outbox_mail_sent_at_created_at"),
    )
