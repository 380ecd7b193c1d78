/* The generated table itself: for finding.c and catalogue.gen.c. Everybody else uses dc_catalogue_row. */
#ifndef DC_FINDINGS_CATALOGUE_H
#define DC_FINDINGS_CATALOGUE_H

#include "findings/finding.h"

extern const struct dc_catalogue_row dc_catalogue_rows[DC_F_COUNT];

#endif
