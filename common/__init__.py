"""What all services share: domain types, ports, errors, settings, runtime and adapters."""
