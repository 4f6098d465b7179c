"""Messages that reach a phone: an outbox beside the records, sent by the worker, read on the member's page."""
