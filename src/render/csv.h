/* Inside the room: the cells of csv, for rows of results (csv.c) and of domain objects read back (csv_merge.c). */
#ifndef DC_RENDER_CSV_H
#define DC_RENDER_CSV_H

#include "base/tri.h"
#include "render/report.h"

/* Each begins with the comma before it, unless a line begins. Raw octets become the text of a cell. */
void dc_csv_text(struct dc_report *report, struct dc_slice raw);
void dc_csv_word(struct dc_report *report, const char *word); /* NULL: empty */
void dc_csv_number(struct dc_report *report, bool known, uint64_t number);
void dc_csv_tri(struct dc_report *report, enum dc_tri value);
/* Appends one item to a list in scratch, blanks between. */
struct dc_slice dc_csv_item(struct dc_report *report, struct dc_slice list, struct dc_slice more);

/* A row of a line of ndjson, with the columns of a domain; as dc_format.line. */
bool dc_csv_line(struct dc_report *report, struct dc_slice text, enum dc_domain_verdict *ret_verdict);

#endif
