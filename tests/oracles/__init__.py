"""A second reading of the interface documents, by hand: schemas and checks of written files.

`check_twist.check` and `check_toolbox.check` take a file or its bytes and give complaints. They
judge what a writer may write; a reader takes more. `READINGS.md` lists what the documents leave
open and what was taken here.
"""
