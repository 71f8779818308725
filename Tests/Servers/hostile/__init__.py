"""Files that are made to exhaust, mislead or break whoever reads them; each is written by a function of its own."""
