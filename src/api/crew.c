/* The threads of a run. One lock for all that passes between them and the run's own thread: names go to a lane's inbox,
 * results to the crew's list, and back to the lane to be freed, so that answers and caches are touched by one thread. */
#include "api/crew.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "source/exchange.h"

enum {
	THREADS_DEFAULT_MAX = 16,      /* more do not help: one thread writes all reports */
	EXCHANGE_OCTETS_MAX = 8 << 20, /* the lanes keep what they use */
	FILES_A_LANE = 32,             /* with those that it has in common with others; four, and its sockets */
	SPENT_MAX = 16,                /* results that may lie about until a lane is woken to free them */
};

struct lane {
	struct dc_crew *crew;
	struct dc_loop *loop;
	struct dc_run_sources sources;
	struct dc_source *exchange; /* before them */
	struct dc_receiver *receiver;
	struct dc_gather *gather;
	pthread_t thread;
	bool started;
	int wake_fd;
	struct dc_watch wake;
	size_t in_flight; /* of the run's thread */
	/* under the lock: */
	struct dc_result *inbox, **inbox_end, *spent;
	size_t spent_count;
	struct dc_cache_figures figures;
	bool quit, broken;
};

struct dc_crew {
	struct dc_run *run;
	struct dc_exchange *exchange;
	struct lane lanes[DC_THREADS_MAX];
	size_t count, running;
	int ready_fd; /* readable when there are results */
	pthread_mutex_t lock;
	bool lock_made;
	struct dc_result *finished; /* under the lock, latest first */
};

/* For so many lanes there are file descriptors. */
static size_t lanes_open(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / FILES_A_LANE > DC_THREADS_MAX)
		return DC_THREADS_MAX;
	size_t count = limit.rlim_cur / FILES_A_LANE;
	return count > 1 ? count : 1;
}

size_t dc_crew_size(const struct dc_config *config)
{
	cpu_set_t set;
	size_t count = config->threads;
	/* Files answer at once and one domain has one thread; a validating resolver of our own has one cache. */
	if (config->lone || config->message || config->replay.len || config->record.len || config->zones.count || config->recurse)
		return 1;
	if (count == 0) {
		count = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
		count = count > THREADS_DEFAULT_MAX ? THREADS_DEFAULT_MAX : count;
	}
	count = count > config->jobs ? config->jobs : count;
	if (config->max_qps && count > config->max_qps)
		count = config->max_qps; /* each lane asks once a second at least */
	count = count > lanes_open() ? lanes_open() : count;
	return count > DC_THREADS_MAX ? DC_THREADS_MAX : count;
}

static void poke(int fd)
{
	uint64_t one = 1;
	if (write(fd, &one, sizeof one) < 0)
		return; /* full: it is awake */
}

static void drain(int fd)
{
	uint64_t count;
	if (read(fd, &count, sizeof count) < 0)
		return; /* empty */
}

static void lock(struct dc_crew *crew)
{
	(void)pthread_mutex_lock(&crew->lock);
}

static void unlock(struct dc_crew *crew)
{
	(void)pthread_mutex_unlock(&crew->lock);
}

/* ---- in a lane's thread ---- */

static void hand_over(struct lane *lane, struct dc_result *result)
{
	struct dc_crew *crew = lane->crew;
	struct dc_cache_figures figures = dc_gather_figures(lane->gather);
	lock(crew);
	bool first = !crew->finished;
	result->handed = crew->finished;
	crew->finished = result;
	lane->figures = figures;
	unlock(crew);
	if (first)
		poke(crew->ready_fd);
}

static void audit_finished(struct dc_audit_run *audit)
{
	struct dc_result *result = audit->user;
	result->spent = !dc_result_judge(result);
	hand_over(result->lane, result);
}

static void free_spent(struct dc_result *list)
{
	while (list) {
		struct dc_result *next = list->handed;
		list->lane = NULL;
		dc_result_free(list);
		list = next;
	}
}

static void woken(struct dc_watch *watch, bool readable, bool writable)
{
	(void)readable;
	(void)writable;
	drain(watch->fd);
}

static void *work(void *user)
{
	struct lane *lane = user;
	struct dc_crew *crew = lane->crew;
	for (;;) {
		lock(crew);
		struct dc_result *inbox = lane->inbox, *spent = lane->spent;
		bool quit = lane->quit;
		if (!quit) {
			lane->inbox = NULL;
			lane->inbox_end = &lane->inbox;
			lane->spent = NULL;
			lane->spent_count = 0;
		}
		unlock(crew);
		if (quit)
			return NULL;
		free_spent(spent);
		while (inbox) {
			struct dc_result *result = inbox;
			inbox = result->handed;
			if (dc_gather_start(lane->gather, &result->audit))
				continue;
			result->spent = true;
			hand_over(lane, result);
		}
		if (!dc_gather_run(lane->gather, -1)) {
			lock(crew);
			lane->broken = true;
			unlock(crew);
			poke(crew->ready_fd);
			return NULL;
		}
	}
}

/* ---- making ---- */

/* The part that forks: before any thread, and before the sockets of any lane. */
static enum dc_status lane_fork(struct lane *lane, struct dc_error *err)
{
	lane->inbox_end = &lane->inbox;
	lane->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	lane->loop = dc_loop_new();
	lane->wake = (struct dc_watch){.fd = lane->wake_fd, .ready = woken};
	if (!lane->loop || lane->wake_fd < 0 || !dc_loop_watch(lane->loop, &lane->wake, true, false))
		return dc_error_set(err, DC_ERR_NOMEM, "cannot make an event loop");
	lane->receiver = dc_receiver_new(lane->loop);
	return lane->receiver ? DC_OK : dc_error_set(err, DC_ERR_NOMEM, "cannot make the receiver");
}

static enum dc_status lane_open(struct lane *lane, struct dc_error *err)
{
	struct dc_crew *crew = lane->crew;
	struct dc_config share = *crew->run->config;
	size_t number = (size_t)(lane - crew->lanes);
	if (share.max_qps) /* the shares add up to the whole */
		share.max_qps = share.max_qps / crew->count + (number < share.max_qps % crew->count);
	enum dc_status status = dc_run_sources_open(&lane->sources, &share, lane->loop, err);
	if (status != DC_OK)
		return status;
	lane->exchange = dc_exchange_source_new(crew->exchange, lane->loop, lane->sources.items, lane->sources.count);
	struct dc_gather_options options = {.sources = &lane->exchange, .source_count = 1, .timed = lane->sources.timed,
					    .receiver = lane->receiver, .cache_octets = DC_CACHE_OCTETS_MAX / crew->count};
	lane->gather = lane->exchange ? dc_gather_new(lane->loop, &options) : NULL;
	return lane->gather ? DC_OK : dc_error_set(err, DC_ERR_NOMEM, "out of memory for the run");
}

/* Signals are for the thread that called us. */
static enum dc_status start_threads(struct dc_crew *crew, struct dc_error *err)
{
	enum dc_status status = DC_OK;
	sigset_t all, before;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	for (size_t i = 0; status == DC_OK && i < crew->count; i++) {
		crew->lanes[i].started = pthread_create(&crew->lanes[i].thread, NULL, work, &crew->lanes[i]) == 0;
		if (!crew->lanes[i].started)
			status = dc_error_set(err, DC_ERR_NOMEM, "cannot start a thread");
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

struct dc_crew *dc_crew_new(struct dc_run *run, size_t threads, struct dc_error *err)
{
	enum dc_status status = DC_OK;
	struct dc_crew *crew = calloc(1, sizeof *crew);
	if (!crew) {
		(void)dc_error_set(err, DC_ERR_NOMEM, "out of memory for the run");
		return NULL;
	}
	crew->run = run;
	crew->count = threads;
	for (size_t i = 0; i < crew->count; i++) {
		crew->lanes[i].crew = crew;
		crew->lanes[i].wake_fd = -1;
	}
	crew->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	crew->exchange = dc_exchange_new(EXCHANGE_OCTETS_MAX);
	crew->lock_made = pthread_mutex_init(&crew->lock, NULL) == 0;
	if (crew->ready_fd < 0 || !crew->exchange || !crew->lock_made)
		status = dc_error_set(err, DC_ERR_NOMEM, "out of memory for the run");
	for (size_t i = 0; status == DC_OK && i < crew->count; i++)
		status = lane_fork(&crew->lanes[i], err);
	for (size_t i = 0; status == DC_OK && i < crew->count; i++)
		status = lane_open(&crew->lanes[i], err);
	if (status == DC_OK)
		status = start_threads(crew, err);
	if (status == DC_OK)
		return crew;
	dc_crew_stop(crew);
	dc_crew_free(crew);
	return NULL;
}

/* ---- in the run's thread ---- */

void dc_crew_start(struct dc_crew *crew, struct dc_result *result)
{
	struct lane *lane = &crew->lanes[0];
	for (size_t i = 1; i < crew->count; i++)
		if (crew->lanes[i].in_flight < lane->in_flight)
			lane = &crew->lanes[i];
	lane->in_flight++;
	crew->running++;
	result->lane = lane;
	result->handed = NULL;
	result->audit.finished = audit_finished;
	lock(crew);
	bool first = !lane->inbox;
	*lane->inbox_end = result;
	lane->inbox_end = &result->handed;
	unlock(crew);
	if (first)
		poke(lane->wake_fd);
}

size_t dc_crew_running(const struct dc_crew *crew)
{
	return crew->running;
}

bool dc_crew_run(struct dc_crew *crew, int max_ms, struct dc_error *err)
{
	struct pollfd fds[] = {{.fd = crew->ready_fd, .events = POLLIN}, {.fd = crew->run->stop_fd, .events = POLLIN}};
	bool broken = false, spent = false;
	(void)poll(fds, 2, max_ms); /* a signal just makes it look */
	drain(crew->ready_fd);
	lock(crew);
	struct dc_result *finished = crew->finished;
	crew->finished = NULL;
	for (size_t i = 0; i < crew->count; i++)
		broken |= crew->lanes[i].broken;
	unlock(crew);
	while (finished) {
		struct dc_result *result = finished;
		finished = result->handed;
		spent |= result->spent;
		((struct lane *)result->lane)->in_flight--;
		crew->running--;
		dc_run_done(crew->run, result);
	}
	if (broken)
		(void)dc_error_set(err, DC_ERR_INTERNAL, "the event loop failed");
	else if (spent)
		(void)dc_error_set(err, DC_ERR_NOMEM, "out of memory for another domain");
	return !broken && !spent;
}

struct dc_cache_figures dc_crew_figures(struct dc_crew *crew)
{
	struct dc_cache_figures sum = {0};
	lock(crew);
	for (size_t i = 0; i < crew->count; i++) {
		sum.asked += crew->lanes[i].figures.asked;
		sum.shared += crew->lanes[i].figures.shared;
		sum.failed += crew->lanes[i].figures.failed;
	}
	unlock(crew);
	/* To a lane these were asked; to the world they were not. The lanes' figures are those of their last results. */
	uint64_t between = dc_exchange_shared(crew->exchange);
	between = between < sum.asked ? between : sum.asked;
	sum.asked -= between;
	sum.shared += between;
	return sum;
}

void dc_crew_take_back(struct dc_crew *crew, struct dc_result *result)
{
	struct lane *lane = result->lane;
	lock(crew);
	result->handed = lane->spent;
	lane->spent = result;
	bool many = ++lane->spent_count == SPENT_MAX;
	unlock(crew);
	if (many)
		poke(lane->wake_fd);
}

/* ---- ending ---- */

void dc_crew_stop(struct dc_crew *crew)
{
	for (size_t i = 0; i < crew->count; i++) {
		struct lane *lane = &crew->lanes[i];
		if (!lane->started)
			continue;
		lock(crew);
		lane->quit = true;
		unlock(crew);
		poke(lane->wake_fd);
	}
	for (size_t i = 0; i < crew->count; i++)
		if (crew->lanes[i].started)
			(void)pthread_join(crew->lanes[i].thread, NULL);
	for (size_t i = 0; i < crew->count; i++) {
		struct lane *lane = &crew->lanes[i];
		lane->started = false;
		if (lane->gather)
			dc_gather_stop(lane->gather);
		if (lane->receiver)
			dc_receiver_free(lane->receiver);
		lane->receiver = NULL;
	}
	/* An answer that is handed over goes through the asker's loop only: now nobody runs one. */
	for (size_t i = 0; i < crew->count; i++) {
		struct lane *lane = &crew->lanes[i];
		if (lane->exchange)
			lane->exchange->ops->free(lane->exchange);
		lane->exchange = NULL;
		dc_run_sources_close(&lane->sources);
		free_spent(lane->spent);
		lane->spent = NULL;
	}
}

void dc_crew_free(struct dc_crew *crew)
{
	for (size_t i = 0; i < crew->count; i++) {
		struct lane *lane = &crew->lanes[i];
		dc_gather_free(lane->gather);
		if (lane->wake_fd >= 0 && lane->loop)
			(void)dc_loop_watch(lane->loop, &lane->wake, false, false);
		if (lane->wake_fd >= 0)
			(void)close(lane->wake_fd);
		if (lane->loop)
			dc_loop_free(lane->loop);
	}
	dc_exchange_free(crew->exchange);
	if (crew->ready_fd >= 0)
		(void)close(crew->ready_fd);
	if (crew->lock_made)
		(void)pthread_mutex_destroy(&crew->lock);
	free(crew);
}
