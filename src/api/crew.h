/* Audits on several threads: each has a loop, sources, a receiver and a gather of its own; what one asks the others learn
 * (source/exchange.h). Only the thread of the run starts audits, collects results and hands them out. */
#ifndef DC_API_CREW_H
#define DC_API_CREW_H

#include "api/run.h"

enum { DC_THREADS_MAX = 64 };

/* How many threads a run by this configuration is to have; 1: none but the caller's. */
size_t dc_crew_size(const struct dc_config *config);

/* Everything is made before the first thread starts: workers are forks of this process. NULL with *err set. */
struct dc_crew *dc_crew_new(struct dc_run *run, size_t threads, struct dc_error *err);
/* `result` is ready to start but for its gather. */
void dc_crew_start(struct dc_crew *crew, struct dc_result *result);
/* Started and not collected. */
size_t dc_crew_running(const struct dc_crew *crew);
/* Waits at most `max_ms` (-1: as long as it takes) for results or for dc_run_stop, and marks what is finished. False: a
 * loop failed, or a result needed more memory than there is. */
bool dc_crew_run(struct dc_crew *crew, int max_ms, struct dc_error *err);
struct dc_cache_figures dc_crew_figures(struct dc_crew *crew);
/* Frees a result where it was made. */
void dc_crew_take_back(struct dc_crew *crew, struct dc_result *result);
/* Ends the threads and everything they have but what results refer to … */
void dc_crew_stop(struct dc_crew *crew);
/* … and this the rest, when there are no results any more. */
void dc_crew_free(struct dc_crew *crew);

#endif
