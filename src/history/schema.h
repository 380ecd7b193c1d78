/* The tables of the store, by version. */
#ifndef DC_HISTORY_SCHEMA_H
#define DC_HISTORY_SCHEMA_H

enum { DC_HISTORY_APPLICATION = 0x64636873 }; /* "dchs", PRAGMA application_id */

/* Step i brings a store of version i (PRAGMA user_version) to i + 1; NULL past the end. Steps are never changed, only added. */
const char *dc_history_step(int version);

#endif
