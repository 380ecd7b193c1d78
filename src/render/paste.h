/* Records in the advice of a finding, to be copied. */
#ifndef DC_RENDER_PASTE_H
#define DC_RENDER_PASTE_H

#include "base/slice.h"

struct dc_paste {
	struct dc_slice name, type, value; /* parts of the advice; the name may be empty: it belongs where the finding is */
	bool draft; /* it has places to fill in */
};
/* The next record at or after *at; moves it on. False: none. */
bool dc_paste_next(struct dc_slice fix, size_t *at, struct dc_paste *ret_record);

#endif
