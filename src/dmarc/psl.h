/* The public suffix list, as receivers that still follow RFC 7489 section 3.2 use it. libpsl stays behind this door. */
#ifndef DC_DMARC_PSL_H
#define DC_DMARC_PSL_H

#include "base/arena.h"
#include "base/status.h"
#include "evidence/ask.h"

struct dc_psl; /* a list that was read; NULL everywhere stands for the list built into libpsl */

/* Reads a list (text or DAFSA). The one function here that opens a file: for the command line, never for facts.
 * Owned by the caller; read-only afterwards and shared by threads. */
enum dc_status dc_psl_load(const char *path, struct dc_psl **ret_psl, struct dc_error *err);
void dc_psl_free(struct dc_psl *psl);
/* "built-in 2023-02-09" or the file's name and date. In `arena`. */
struct dc_slice dc_psl_version(const struct dc_psl *psl, struct dc_arena *arena);
/* True when the canonical name is a public suffix itself. Unknown top-level domains are ("*" rule). */
bool dc_psl_is_suffix(const struct dc_psl *psl, struct dc_slice name);
/* The registrable domain: the suffix and one label more, a part of `name`; `name` itself when it is a suffix
 * (RFC 7489 3.2 leaves nothing else). */
struct dc_slice dc_psl_org_domain(const struct dc_psl *psl, struct dc_slice name);
/* The same by the list of the audit, which keeps what it was told. */
struct dc_slice dc_psl_org_of(struct dc_asker *asker, struct dc_slice name);

#endif
