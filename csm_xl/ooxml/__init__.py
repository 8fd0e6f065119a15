"""A workbook file as a package of parts: zip, XML, relations, styles; read, splice, write."""
