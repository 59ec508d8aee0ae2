"""The shape of what people tell about themselves and their enterprises."""
