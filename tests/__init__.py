"""Tests as a person would judge: what one reads on a page, in a document, in a mail.

- ``applicant.Applicant`` is a browser without scripts: it reads pages, fills in fields by name, presses buttons by what
  they say. ``browser`` and pytest's ``page`` are Chromium; ``text_browser`` is lynx.
- ``small("text")`` begins an application in one of the small calls of ``calls/``, one a kind of question: begin there.
  The sample application (``sample/``) and, where it is at hand, a real one fill in the call of 2021.
- ``service.Service`` is the program as it runs for people: gunicorn, processes, a mail server.
- ``once("what", act)`` does what many tests begin with in the first of them and copies what it left for the others;
  ``officer`` and ``desk(role)`` begin so, with somebody signed in and with an application that was sent.
- ``databases`` are SQLite's files and a private PostgreSQL; a test marked ``both`` runs on either.
- ``words.Words`` looks a text up in the catalogue, so that one test goes for every language.

Where to look:

- ``test_kinds``: every kind of question, on page and paper
- ``test_amounts``: amounts and dates
- ``test_numbers``: numbers, tables, choices
- ``test_rules``: checks across questions
- ``test_conditions``, ``test_browser_conditions``: questions that wait for the answers to others
- ``test_call_file``: a call's file; ``test_call_faults``, ``test_toml_places``: what is said of a wrong one, and where
- ``test_rounds``: each call of ``calls/`` whole, in Chromium, with answers that ``answered`` makes from its file
- ``test_call_commands``: making one; ``test_call_fuzz``: files changed at random
- ``test_call_changes``: what changed between versions of a call
- ``test_call_versions``: calls in the database; ``test_publishing``
- ``test_mending``, ``test_mending_parts``, ``test_mending_kinds``, ``test_browser_mending``: a call is changed while
  people write
- ``test_saving``: what a save means
- ``test_history``: two people, earlier answers, links in the applicant's hands
- ``test_sending``: what stands against it, what it leaves
- ``test_pdf``: the summary as a document
- ``test_cover_letter``: the letter, and what is left to do
- ``test_mails``: what mails say
- ``test_outbox``: mails that wait
- ``test_at_once``: what several do at the same moment
- ``test_moving``: a site moves into another database
- ``test_links``: leaving and coming back
- ``faults/``: what may fail
- ``deploy/``: docs/operations.md, walked
- ``faults/``: what may fail; backups
- ``test_health``, ``test_log``, ``test_maintenance``: the service as those see it who look after it
- ``test_desk_overview``: the call at a glance
- ``accessibility/``: WCAG
- ``security/``: what is done against those who mean harm; ``routes``: every address there is
- ``test_pieces``, ``test_changes``: what changed between versions
- ``test_exports``: the ministry's files
- ``test_retention``, ``test_keeping``: how long it is kept
- ``test_desk_*``: the ministry's desk; ``test_browser_desk``: an officer's day there
- ``test_sub_path``: the service under a path of its host
- ``test_house``: that the program keeps to what its documents promise
"""
