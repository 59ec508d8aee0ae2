"""Products for machines: what the bank offers now."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.products import queries
from lending.products.models import LoanProduct
from lending.products.serializers import ProductSerializer


class Products(ListAPIView[LoanProduct]):
    """List the products that may be applied for today."""

    queryset = LoanProduct.objects.none()
    serializer_class = ProductSerializer

    def get_queryset(self) -> Any:
        """List what is offered today."""
        return queries.offered(timezone.localdate())


class OneProduct(APIView):
    """Read one product."""

    @extend_schema(responses=ProductSerializer)
    def get(self, _request: Request, code: str) -> Response:
        """Tell a product that is offered today."""
        return Response(ProductSerializer(get_object_or_404(queries.offered(timezone.localdate()), code=code)).data)
