"""Tests as a person would judge: what one reads on a page, in a document, in a mail.

- ``applicant.Applicant`` is a browser without scripts: it reads pages, fills in fields by name, presses buttons by what
  they say. ``browser`` and pytest's ``page`` are Chromium; ``text_browser`` is lynx.
- ``small("text")`` begins an application in one of the small calls of ``calls/``, one a kind of question: begin there.
  The sample application (``sample/``) and, where it is at hand, a real one fill in the call of 2021.
- ``service.Service`` is the program as it runs for people: gunicorn, processes, a mail server.
- ``words.Words`` looks a text up in the catalogue, so that one test goes for every language.

Where to look: ``test_kinds`` and ``test_amounts`` questions, ``test_rules`` checks across them, ``test_saving`` and
``test_history`` saving and earlier values, ``test_sending`` sending, ``test_pdf`` and ``test_cover_letter`` documents,
``test_mails`` and ``test_outbox`` mails, ``test_links`` access, ``faults/`` what may fail, ``accessibility/`` WCAG,
``test_house`` that the program keeps to what its documents promise.
"""
