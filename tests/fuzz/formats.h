/* Is a report what its format promises? Each is read back by a parser of that format, not by eye. */
#ifndef DC_TESTS_FUZZ_FORMATS_H
#define DC_TESTS_FUZZ_FORMATS_H

#include "base/slice.h"

/* `name` as in -f; ends the program when `report` breaks a promise. `color`: rendered for a terminal with colours. */
void fuzz_check_report(const char *name, bool color, struct dc_slice report);
/* HTML alone (formats_html.c): every element and attribute one of ours, closed in order, nothing that runs or loads. */
void fuzz_check_html(struct dc_slice report);

#endif
