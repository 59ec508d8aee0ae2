"""What grows: crop calendars, an enterprise's plots, and the harvest income that may be expected of them."""
