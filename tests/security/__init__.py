"""What the service does against those who mean harm: docs/threat-model.md names each of these tests."""
