"""Pages that span departments: home, dashboards, health, and the demo's open door."""
