"""The machine under the platform: configuration, embedded PostgreSQL, supervisor, doctor, backup."""
