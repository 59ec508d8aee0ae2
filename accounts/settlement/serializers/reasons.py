"""Why, to machines."""

from typing import Any

from rest_framework import serializers


class ReasonSerializer(serializers.Serializer[Any]):
    """Why not."""

    reason = serializers.CharField(max_length=200)
