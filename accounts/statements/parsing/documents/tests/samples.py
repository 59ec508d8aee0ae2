"""Invented invoices in every format that is read, all of them the same one unless told otherwise."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, ZipFile

import pypdf
import typst

from portal.core.pdf import FONTS

NUMBER = "26332000000012345678"
SELLER, BUYER = ("青山茶庄", "91330106673959654P"), ("河镇饭店有限公司", "91330100799655058B")
AMOUNTS = ("1000.00", "130.00", "1130.00")
WORDS = "壹仟壹佰叁拾圆整"
Party = tuple[str, str]
Amounts = tuple[str, str, str]


def digital(
    number: str = NUMBER, *, seller: Party = SELLER, buyer: Party = BUYER, amounts: Amounts = AMOUNTS,
    day: str = "2026-01-05", is_blue: str = "Y", more: str = "",
) -> bytes:  # fmt: skip
    """Write the XML of a fully digital invoice."""
    net, tax, gross = amounts
    return f"""<?xml version="1.0" encoding="utf-8" standalone="yes"?>{more}
<EInvoice>
  <Header><EIid>{number}</EIid><EInvoiceTag>SWEI3300</EInvoiceTag><Version>0.32</Version>
    <InherentLabel><InIssuType><LabelCode>{is_blue}</LabelCode><LabelName>是否蓝字发票标志</LabelName></InIssuType>
    </InherentLabel></Header>
  <EInvoiceData>
    <SellerInformation><SellerIdNum>{seller[1]}</SellerIdNum><SellerName>{seller[0]}</SellerName></SellerInformation>
    <BuyerInformation><BuyerIdNum>{buyer[1]}</BuyerIdNum><BuyerName>{buyer[0]}</BuyerName></BuyerInformation>
    <BasicInformation><TotalAmWithoutTax>{net}</TotalAmWithoutTax><TotalTaxAm>{tax}</TotalTaxAm>
      <TotalTax-includedAmount>{gross}</TotalTax-includedAmount><RequestTime>{day} 10:22:31</RequestTime>
    </BasicInformation>
    <IssuItemInformation><ItemName>*茶*绿茶</ItemName><Amount>1000.00</Amount><ComTaxAm>130.00</ComTaxAm>
      <TotaltaxIncludedAmount>1130.00</TotaltaxIncludedAmount></IssuItemInformation>
  </EInvoiceData>
  <TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber><IssueTime>{day} 10:22:35</IssueTime></TaxSupervisionInfo>
</EInvoice>""".encode()


def coded(
    number: str = "00345678", *, code: str = "033002100311", tax: str = "130.00", gross: str = "1130.00"
) -> bytes:
    """Write the XML that older OFD files attach, of an invoice with a code."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019" Version="1.0"><fp:DocID>01</fp:DocID>
<fp:InvoiceCode>{code}</fp:InvoiceCode><fp:InvoiceNo>{number}</fp:InvoiceNo>
<fp:IssueDate><![CDATA[2021年01月05日]]></fp:IssueDate>
<fp:Buyer><fp:BuyerName>{BUYER[0]}</fp:BuyerName><fp:BuyerTaxID>{BUYER[1]}</fp:BuyerTaxID></fp:Buyer>
<fp:Seller><fp:SellerName>{SELLER[0]}</fp:SellerName><fp:SellerTaxID>{SELLER[1]}</fp:SellerTaxID></fp:Seller>
<fp:TaxInclusiveTotalAmount>{gross}</fp:TaxInclusiveTotalAmount>
<fp:TaxExclusiveTotalAmount>1000.00</fp:TaxExclusiveTotalAmount><fp:TaxTotalAmount>{tax}</fp:TaxTotalAmount>
</eInvoice>""".encode()


def ubl(
    *, kind: str = "Invoice", type_code: str = "380", number: str = "2026-17", gross: str = "119.00",
    currency: str = "EUR", seller: str = "Green Tea Shop", buyer: str = "Teehaus am Markt GmbH", seller_id: str = "",
) -> bytes:  # fmt: skip
    """Write a UBL invoice or credit note whose taxes are told in two currencies."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>2026-01-05</cbc:IssueDate><cbc:{kind}TypeCode>{type_code}</cbc:{kind}TypeCode>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyIdentification><cbc:ID>{seller_id}</cbc:ID></cac:PartyIdentification>
<cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>{seller}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>
</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>{buyer}</cbc:Name></cac:PartyName></cac:Party>
</cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="CNY">150.00</cbc:TaxAmount></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">19.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="{currency}">100.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="{currency}">100.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="{currency}">{gross}</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>
</{kind}>""".encode()


def cii(*, type_code: str = "380", gross: str = "119.00") -> bytes:
    """Write a CII invoice, as Factur-X and ZUGFeRD embed it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>2026-17</ram:ID><ram:TypeCode>{type_code}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20260105</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>Green Tea Shop</ram:Name></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Teehaus am Markt GmbH</ram:Name></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{gross}</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def zipped(*files: tuple[str, bytes], compression: int = ZIP_STORED) -> bytes:
    """Pack files into a ZIP."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


_OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_ENTRY = f'<ofd:OFD {_OFD} DocType="OFD"><ofd:DocBody/></ofd:OFD>'.encode()
_FIELDS = {
    "InvoiceNo": [NUMBER],
    "IssueDate": ["2026年01月05日"],
    "Buyer/BuyerName": [BUYER[0]],
    "Buyer/BuyerTaxID": [BUYER[1]],
    "Seller/SellerName": [SELLER[0]],
    "Seller/SellerTaxID": [SELLER[1]],
    "TaxExclusiveTotalAmount": ["¥", AMOUNTS[0]],
    "TaxTotalAmount": ["¥", AMOUNTS[1]],
    "TaxInclusiveTotalAmount": ["¥", AMOUNTS[2]],
}


def ofd_of_tags(*, without: str = "") -> bytes:
    """Write an OFD file that names for each field the objects that show it."""
    tags, drawn, number = "", "", 6900
    for path, texts in _FIELDS.items():
        names = path.split("/")
        refs = ""
        for text in texts:
            number += 1
            refs += f'<ofd:ObjectRef PageRef="1">{number}</ofd:ObjectRef>'
            drawn += (
                f'<ofd:TextObject ID="{number}"><ofd:TextCode X="0" Y="3"><![CDATA[{text}]]></ofd:TextCode>'
                "</ofd:TextObject>"
            )
        if path != without:
            tags += "".join(f"<ofd:{name}>" for name in names) + refs
            tags += "".join(f"</ofd:{name}>" for name in reversed(names))
    return zipped(
        ("OFD.xml", _ENTRY),
        ("Doc_0/Tags/CustomTags.xml", f"<ofd:CustomTags {_OFD}/>".encode()),
        ("Doc_0/Tags/CustomTag.xml", f"<ofd:root {_OFD}>{tags}</ofd:root>".encode()),
        ("Doc_0/Pages/Page_0/Content.xml", f"<ofd:Page {_OFD}><ofd:Content>{drawn}</ofd:Content></ofd:Page>".encode()),
    )


def ofd_of_attachment(attached: bytes) -> bytes:
    """Write an OFD file that attaches the invoice's XML."""
    index = f"<ofd:Attachments {_OFD}><ofd:Attachment Name='original_invoice'/></ofd:Attachments>".encode()
    return zipped(
        ("OFD.xml", _ENTRY),
        ("Doc_0/Attachs/Attachments.xml", index),
        ("Doc_0/Attachs/original_invoice.xml", attached),
    )


_FORM = """#set page(width: 210mm, height: 140mm, margin: 6mm)
#set text(font: "Noto Sans CJK SC", size: 9pt)
#align(center, text(size: 16pt)[电子发票（普通发票）])
#place(top + right)[发票号码：#h(4mm){number} \\ 开票日期：2026年01月05日]
#v(6mm)
{parties}
#table(columns: 8, [项目名称], [规格型号], [单位], [数量], [单价], [金额], [税率/征收率], [税额],
  [\\*茶\\*绿茶], [], [斤], [10], [100], [1000.00], [13%], [130.00],
  [合#h(8mm)计], [], [], [], [], [¥{net}], [], [{tax}])
#table(columns: (1fr, 4fr), [价税合计（大写）], [⊗ {words} #h(2cm) （小写）#text(size: 12pt)[¥{gross}]])
#table(columns: (5mm, 1fr), [备注], [{remark}])
{below}
"""
_BESIDE = """#table(columns: (5mm, 1fr, 5mm, 1fr),
  [购买方信息], [名称：#h(4mm){buyer[0]} \\ \\ 统一社会信用代码/纳税人识别号：{buyer[1]}],
  [销售方信息], [名称：#h(4mm){seller[0]} \\ \\ 统一社会信用代码/纳税人识别号：{seller[1]}])"""
_STACKED = (
    """#table(columns: (5mm, 1fr), [{side}], [名#h(8mm)称：{party[0]} \\ 纳税人识别号：{party[1]} \\ 地址、电话：])"""
)


def paper(
    *, number: str = NUMBER, seller: Party = SELLER, buyer: Party = BUYER, amounts: Amounts = AMOUNTS,
    tax: str = "", words: str = WORDS, remark: str = "", is_stacked: bool = False,
) -> bytes:  # fmt: skip
    """Print the tax office's form as a PDF; ``is_stacked`` is how older ones put the seller below the items."""
    parties, below = _BESIDE.format(seller=seller, buyer=buyer), ""
    if is_stacked:
        parties = _STACKED.format(side="购买方", party=buyer)
        below = _STACKED.format(side="销售方", party=seller)
    text = _FORM.format(
        number=number, parties=parties, below=below, net=amounts[0], tax=tax or f"¥{amounts[1]}", gross=amounts[2],
        words=words, remark=remark,
    )  # fmt: skip
    return printed(text)


def printed(text: str) -> bytes:
    """Print a page."""
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.typ"
        page.write_text(text, encoding="utf-8")
        made: bytes = typst.compile(str(page), font_paths=[str(FONTS)], ignore_system_fonts=True)
    return made


def changed(pdf: bytes, *, attached: bytes = b"", stated: dict[str, str] | None = None, password: str = "") -> bytes:
    """Write a PDF again, with an attachment, properties or a password."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    if attached:
        writer.add_attachment("factur-x.xml", attached)
    if stated:
        writer.add_metadata(stated)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
