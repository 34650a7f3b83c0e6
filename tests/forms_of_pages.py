"""A page as a browser without scripts sees it: its forms, what they would post, its text."""

from dataclasses import dataclass, field
from urllib.parse import urljoin

import html5lib
from lxml import etree
from werkzeug.datastructures import MultiDict


class HtmlError(AssertionError):
    """A page that is not strict HTML5."""


def parse(text: str, fragment: bool = False) -> etree._Element:
    """A page or a fragment as a tree. Raises HtmlError for anything that a strict HTML5 parser objects to."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), strict=False, namespaceHTMLElements=False)
    tree = parser.parseFragment(text, container="body") if fragment else parser.parse(text)
    if parser.errors:
        (line, column), error, details = parser.errors[0]
        source = text.split("\n")[line - 1]
        raise HtmlError(f"line {line}, column {column}: {error} {details}\n{source}")
    if fragment:
        root = etree.Element("body")
        root.extend(part for part in tree if isinstance(part, etree._Element))
        return root
    return tree.getroot()


def text_of(node: etree._Element) -> str:
    """The text of a node with runs of white space, no-break spaces too, as one blank."""
    for part in node.iter("script", "style"):
        part.text = None
    return " ".join(" ".join(node.itertext()).split())


@dataclass
class HtmlForm:
    """One form of a page, filled as its fields stand. Name and value tell buttons apart: old browsers know no more."""

    action: str
    method: str = "post"
    data: MultiDict[str, str] = field(default_factory=MultiDict)
    buttons: list[etree._Element] = field(default_factory=list)

    def button(self, text: str) -> etree._Element:
        found = [button for button in self.buttons if text_of(button) == text]
        assert found, f"no button {text!r} among {[text_of(button) for button in self.buttons]}"
        return found[0]

    def pressed(self, text: str) -> tuple[str, MultiDict[str, str]]:
        """The address and data that a press of the button sends."""
        button = self.button(text)
        data = self.data.copy()
        if button.get("name"):
            data.add(button.get("name"), button.get("value", ""))
        return self.action, data


def forms_of(page: etree._Element, address: str) -> list[HtmlForm]:
    """Every form of a page."""
    forms = []
    for node in page.iter("form"):
        form = HtmlForm(urljoin(address, node.get("action") or address), node.get("method", "get"))
        for control in node.iter("input", "textarea", "select", "button"):
            name, kind = control.get("name"), control.get("type")
            if control.tag == "button":
                if kind != "button":
                    form.buttons.append(control)
            elif not name:
                continue
            elif control.tag == "textarea":
                # Browsers send CRLF for each line break.
                form.data.add(name, (control.text or "").replace("\n", "\r\n"))
            elif control.tag == "select":
                options = list(control.iter("option"))
                chosen = [option for option in options if option.get("selected") is not None] or options[:1]
                form.data.add(name, chosen[0].get("value", ""))
            elif kind in ("checkbox", "radio"):
                if control.get("checked") is not None:
                    form.data.add(name, control.get("value", "on"))
            else:
                form.data.add(name, control.get("value", ""))
        forms.append(form)
    return forms
