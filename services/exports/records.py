"""JSON: the records as they were sent, by which fingerprints verify, with amounts as numbers beside them."""

import json
from typing import Any, BinaryIO

from forms.question import Table
from forms.texts import Euros
from language import localise, speaking
from services.exports.content import Export, Left, Sent, applications, lines


def write(export: Export, out: BinaryIO) -> Left:
    """An object with the call's key and its applications; one is in memory at a time."""
    with speaking(export.language):
        out.write(f'{{"call": {json.dumps(export.call.key)}, "applications": ['.encode())
        for number, sent in enumerate(applications(export)):
            text = json.dumps(_application(sent), ensure_ascii=False)
            out.write(f"{',' if number else ''}\n{text}".encode())
        out.write(b"\n]}\n")
    return Left()


def _application(sent: Sent) -> dict[str, Any]:
    """In the record personal details stand as salted hashes; they themselves are beside it, where they are wanted."""
    submission, row = sent.submission, sent.row
    personal = {"personal": submission.personal} if sent.export.with_contacts else {}
    return {
        "record": json.loads(submission.record),
        "fingerprint": submission.fingerprint,
        "provider": localise(sent.provider),
        "business_id": sent.business_id,
        "case_number": row.case_number or None,
        "is_counted": row.is_counted,
        "is_withdrawn": row.is_withdrawn,
        "is_late": row.is_late,
        "document_on": row.document_on.isoformat() if row.document_on else None,
        "document_version": row.document_version,
        "amounts": [
            {
                "question": line.question.key,
                "row": localise(line.row.label),
                "euros": line.row.value.amount if isinstance(line.row.value, Euros) else None,
                "is_computed": not line.question.has_fields,
            }
            for line in lines(sent, Table.AMOUNTS)
        ],
        **personal,
    }
