"""What `make check` proves: format, lint, types, layers, templates, pins, migrations, translations, deployment."""
