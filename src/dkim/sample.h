/* Keys whose private half is printed in a standard. Private to the room. */
#ifndef DC_DKIM_SAMPLE_H
#define DC_DKIM_SAMPLE_H

#include "base/slice.h"

/* Where the key with this fingerprint (SHA-256 of its SubjectPublicKeyInfo, in hex) was printed, or NULL. Static. */
const char *dc_dkim_sample_of(struct dc_slice fingerprint);

#endif
