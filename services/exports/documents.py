"""A ZIP of the documents as filed, with a list by which each of them verifies."""

import hashlib
from io import BytesIO
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import logs
from forms.texts import msg
from language import speaking
from services import attachments, pdf
from services.exports.comma_separated import Writer
from services.exports.content import Cell, Export, Left, Sent, applications
from services.typesetter import PdfError

log = logs.get(__name__)

MANIFEST = "luettelo.csv"
_HEADS = (
    msg("Tiedosto"),
    msg("Hakemuksen tunnus"),
    msg("Versio"),
    msg("Sormenjälki"),
    msg("Tiedoston SHA-256"),
    msg("Huomattavaa"),
)


def write(export: Export, out: BinaryIO) -> Left:
    """A PDF of each application and the list of them. One that can't be made is named in the list and told."""
    left, listed = Left(), BytesIO()
    with speaking(export.language), ZipFile(out, "w", ZIP_DEFLATED) as archive:
        manifest = Writer(listed)
        manifest.add(_HEADS)
        for sent in applications(export):
            submission = sent.submission
            same: tuple[Cell, ...] = (sent.reference, submission.version, submission.fingerprint)
            try:
                document = _document(sent)
            except PdfError:
                log.exception("document_left_out", reference=sent.reference)
                left.missing.append(sent.reference)
                manifest.add(("", *same, "", msg("Tiedostoa ei voitu tehdä.")))
                continue
            name = pdf.submission_name(submission)
            archive.writestr(name, document)
            mark = pdf.Personal.of(submission, export.with_contacts).mark
            manifest.add((name, *same, hashlib.sha256(document).hexdigest(), mark))
            for place, kept in attachments.named_in(submission.application, sent.answers):
                beside = f"{name.removesuffix('.pdf')}-{place}"
                archive.writestr(beside, bytes(kept.content))
                manifest.add((beside, *same, kept.digest, None))
        manifest.finish()
        archive.writestr(MANIFEST, listed.getvalue())
    return left


def _document(sent: Sent) -> bytes:
    make = pdf.of_submission if sent.export.with_contacts else pdf.without_personal
    return make(sent.submission)
