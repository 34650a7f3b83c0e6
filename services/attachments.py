"""Files that applicants attach: looked at before they are kept, found again by their digest."""

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from typing import NamedTuple

from peewee import fn
from PIL import Image
from pypdf import PdfReader
from werkzeug.datastructures import FileStorage, MultiDict

import clock
import logs
from forms.answers import Answers
from forms.clean import clean_line
from forms.definition import Call
from forms.kinds.attachment import DIGEST, NAME, SIZE, TYPE, AttachmentQuestion
from forms.moves import Posted
from forms.texts import Message, msg
from models.application import Application
from models.attached_file import AttachedFile
from models.database import database, hold

log = logs.get(__name__)

REMOVE = "poista"
"""The button that takes a file off; its value is the question's key."""

MOST_KEPT = 200_000_000
"""Bytes of all files of an application, earlier ones among them."""

_ENDINGS = {"application/pdf": (".pdf",), "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class FileError(ValueError):
    """A file that is not kept; ``advice`` tells the person what to do."""

    def __init__(self, advice: Message) -> None:
        super().__init__(advice.original)
        self.advice = advice


class Taken(NamedTuple):
    """A post whose files are answers now, and by question what is to be said of those that were not kept."""

    form: MultiDict[str, str]
    refused: dict[str, Message]


def take(application: Application, call: Call, posted: Posted) -> Taken:
    """Keep what was uploaded, and put into the form what its questions' answers are then.

    What a form itself says of a file counts only as far as the application has that file.
    """
    earlier = [question for question in posted.earlier if isinstance(question, AttachmentQuestion)]
    questions = [*call.of_kind(AttachmentQuestion), *earlier]
    if not questions:
        return Taken(posted.form, {})
    form, files, refused = MultiDict(posted.form), posted.files, {}
    for question in questions:
        names = {suffix: question.field_name(suffix) for suffix in question.suffixes({})}
        said = form.get(names[DIGEST])
        for name in names.values():
            form.poplist(name)
        upload = files.get(question.upload_name)
        fields: dict[str, str] = {}
        if question.key in form.getlist(REMOVE):
            fields = dict.fromkeys(names, "")
        elif upload is not None and upload.filename:
            try:
                fields = _fields(_keep(application, question, upload))
            except FileError as error:
                refused[question.key] = error.advice
                log.info("file_refused", reference=application.reference, question=question.key)
        elif said == "":
            fields = dict.fromkeys(names, "")
        elif said and (kept := find(application, said, with_content=False)):
            fields = _fields(kept)
        for suffix, text in fields.items():
            form[names[suffix]] = text
    return Taken(form, refused)


def _fields(kept: AttachedFile) -> dict[str, str]:
    return {DIGEST: kept.digest, NAME: kept.name, SIZE: str(kept.size), TYPE: kept.media_type}


def _keep(application: Application, question: AttachmentQuestion, upload: FileStorage) -> AttachedFile:
    most = question.most_megabytes * 1_000_000
    content = upload.stream.read(most + 1)
    if len(content) > most:
        raise FileError(
            msg(
                "Tiedosto on liian suuri: enintään %(most)s Mt. Valitkaa pienempi tiedosto.",
                most=question.most_megabytes,
            )
        )
    media_type = media_type_of(content)
    digest, name = hashlib.sha256(content).hexdigest(), file_name(upload.filename or "", media_type)
    with database.atomic():
        hold(application)
        if kept := find(application, digest, with_content=False):
            kept.name = name
            kept.save(only=[AttachedFile.name])
            return kept
        own = AttachedFile.application == application
        if int(AttachedFile.select(fn.SUM(AttachedFile.size)).where(own).scalar() or 0) + len(content) > MOST_KEPT:
            raise FileError(msg("Hakemukseen on lisätty liian monta tiedostoa. Ottakaa yhteyttä ministeriöön."))
        return AttachedFile.create(
            application=application,
            digest=digest,
            name=name,
            media_type=media_type,
            size=len(content),
            content=content,
            stored_at=clock.now(),
        )


def media_type_of(content: bytes) -> str:
    """What a file is by its content. Raises FileError for what is neither PDF nor image, or can't be opened."""
    media_type = next((known for start, known in _BEGINNINGS.items() if content.startswith(start)), None)
    if media_type is None:
        raise FileError(msg("Tiedosto ei ole PDF-tiedosto eikä kuva (PNG tai JPEG). Valitkaa toinen tiedosto."))
    if media_type == "application/pdf":
        _open_pdf(content)
    else:
        _open_image(content)
    return media_type


def _open_pdf(content: bytes) -> None:
    try:
        document = PdfReader(BytesIO(content))
        is_locked, is_empty = document.is_encrypted, not document.is_encrypted and not document.pages
    except Exception as error:
        raise _broken() from error
    if is_locked:
        raise FileError(msg("Tiedosto on suojattu salasanalla. Poistakaa suojaus ja lisätkää tiedosto uudelleen."))
    if is_empty:
        raise _broken()


def _open_image(content: bytes) -> None:
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
            image.verify()
    except Exception as error:
        raise _broken() from error


def _broken() -> FileError:
    return FileError(msg("Tiedostoa ei voi avata. Tarkistakaa, että se on ehjä, ja lisätkää se uudelleen."))


def file_name(given: str, media_type: str) -> str:
    """A file's name as people see it, without folders, ending as its content is."""
    name = clean_line(PurePath(given.replace("\\", "/")).name).strip(" .")
    endings = _ENDINGS[media_type]
    stem = re.sub(r'[<>:"/|?*]', "-", name)[-150:] or "liite"
    return stem if stem.lower().endswith(endings) else f"{stem}{endings[0]}"


def find(application: Application, digest: str, with_content: bool = True) -> AttachedFile | None:
    """A file of an application, by its digest; without its content where only what it is is asked."""
    columns = [one for one in AttachedFile._meta.sorted_fields if with_content or one is not AttachedFile.content]
    own = (AttachedFile.application == application) & (AttachedFile.digest == digest)
    found: AttachedFile | None = AttachedFile.select(*columns).where(own).first()
    return found


def named_in(application: Application, answers: Answers) -> list[tuple[str, AttachedFile]]:
    """The files of what is asked, each under a name with its question's number, in the order of the form."""
    found = []
    for question in answers.call.of_kind(AttachmentQuestion):
        typed = answers.typed(question.key)
        if answers.asks(question) and (kept := find(application, typed.get(DIGEST, ""))):
            # As the answer has it: the same file may have come under another name since.
            found.append((f"{question.number}-{typed[NAME]}", kept))
    return found


def all_of(application: Application) -> Iterator[AttachedFile]:
    """Every file of an application, oldest first, one in memory at a time."""
    ids = [row.id for row in AttachedFile.select(AttachedFile.id).where(AttachedFile.application == application)]
    return (AttachedFile.get_by_id(one) for one in sorted(ids))
