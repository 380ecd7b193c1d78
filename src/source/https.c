/* Fetching by libcurl's multi interface, driven by our loop: curl says which sockets and which timer it waits for.
 *
 * RFC 9110, RFC 8461 section 3.3 (no redirects, bounded size and time). HTTP/1.1 and TLS 1.2 or later only. Answers are
 * handed back when nothing of curl is on the stack. */
#include <stdlib.h>

#include "source/https_parts.h"

struct list {
	struct transfer *first, *last;
	size_t count;
};

/* A socket that curl waits for. */
struct port {
	struct dc_watch watch;
	struct https *source;
	struct port *next;
	bool gone;
};

struct https {
	struct dc_source base;
	struct dc_loop *loop;
	struct dc_https_options options;
	char *ca_file;
	struct https_trust *trust;
	CURLM *multi;
	bool started;
	const char *broken; /* why it could not be started */
	struct dc_timer timer;
	struct list queue, active;
	struct port *ports;
	struct dc_answer *spare;
};

static void push(struct list *list, struct transfer *transfer)
{
	transfer->next = NULL;
	transfer->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = transfer;
	list->last = transfer;
	list->count++;
}

static void take_out(struct list *list, struct transfer *transfer)
{
	*(transfer->prev ? &transfer->prev->next : &list->first) = transfer->next;
	*(transfer->next ? &transfer->next->prev : &list->last) = transfer->prev;
	list->count--;
}

/* ---- answers ---- */

static void give(struct https *source, struct dc_fetch *fetch, struct dc_answer *draft)
{
	draft->question = fetch->question;
	draft->ede = -1;
	struct dc_answer *answer = dc_answer_new(draft);
	fetch->done(fetch, answer ? answer : dc_answer_ref(source->spare));
}

static void finish(struct https *source, struct transfer *transfer, CURLcode code)
{
	struct dc_answer draft;
	struct dc_buf data;
	dc_buf_init(&data, DC_HTTPS_DATA_MAX);
	https_transfer_judge(transfer, code, &data, &draft);
	take_out(&source->active, transfer);
	(void)curl_multi_remove_handle(source->multi, transfer->easy);
	give(source, transfer->fetch, &draft);
	dc_buf_free(&data);
	https_transfer_free(transfer);
}

/* ---- between curl and the loop ---- */

static void sweep_ports(struct https *source)
{
	for (struct port **at = &source->ports; *at;) {
		struct port *port = *at;
		if (port->gone) {
			*at = port->next;
			free(port);
		} else {
			at = &port->next;
		}
	}
}

static bool may_start(const struct https *source, const struct transfer *transfer)
{
	size_t same = 0;
	for (const struct transfer *other = source->active.first; other; other = other->next)
		same += dc_ip_eq(other->request.ips[0], transfer->request.ips[0]);
	return same < DC_HTTPS_ACTIVE_HOST_MAX;
}

static void start_more(struct https *source)
{
	struct transfer *next;
	for (struct transfer *transfer = source->queue.first; transfer && source->active.count < DC_HTTPS_ACTIVE_MAX;
	     transfer = next) {
		next = transfer->next;
		if (!may_start(source, transfer))
			continue;
		take_out(&source->queue, transfer);
		push(&source->active, transfer);
		if (curl_multi_add_handle(source->multi, transfer->easy) != CURLM_OK)
			finish(source, transfer, CURLE_OUT_OF_MEMORY);
	}
}

static void act(struct https *source, curl_socket_t fd, int events)
{
	int running, left;
	CURLMsg *message;
	(void)curl_multi_socket_action(source->multi, fd, events, &running);
	while ((message = curl_multi_info_read(source->multi, &left))) {
		struct transfer *transfer = NULL;
		CURLcode code = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		finish(source, transfer, code);
	}
	start_more(source);
	sweep_ports(source);
}

static void on_ready(struct dc_watch *watch, bool readable, bool writable)
{
	struct port *port = watch->user;
	act(port->source, watch->fd, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0));
}

static void on_timer(struct dc_timer *timer)
{
	act(timer->user, CURL_SOCKET_TIMEOUT, 0);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
	struct https *source = user;
	struct port *port = known;
	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (port) {
			(void)dc_loop_watch(source->loop, &port->watch, false, false);
			port->gone = true;
		}
		return 0;
	}
	if (!port) {
		port = calloc(1, sizeof *port);
		if (!port)
			return -1;
		*port = (struct port){.watch = {.fd = fd, .ready = on_ready, .user = port}, .source = source, .next = source->ports};
		source->ports = port;
		(void)curl_multi_assign(source->multi, fd, port);
	}
	return dc_loop_watch(source->loop, &port->watch, what & CURL_POLL_IN, what & CURL_POLL_OUT) ? 0 : -1;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *user)
{
	struct https *source = user;
	(void)multi;
	dc_loop_disarm(source->loop, &source->timer);
	if (timeout_ms >= 0)
		dc_loop_arm(source->loop, &source->timer, (uint64_t)timeout_ms);
	return 0;
}

/* ---- questions ---- */

static const char *start(struct https *source)
{
	const char *why = NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return "libcurl does not start";
	source->started = true;
	source->trust = https_trust_new(source->ca_file, &why);
	if (!source->trust)
		return why;
	source->multi = curl_multi_init();
	if (!source->multi || curl_multi_setopt(source->multi, CURLMOPT_SOCKETFUNCTION, on_socket) != CURLM_OK ||
	    curl_multi_setopt(source->multi, CURLMOPT_SOCKETDATA, source) != CURLM_OK ||
	    curl_multi_setopt(source->multi, CURLMOPT_TIMERFUNCTION, on_timeout) != CURLM_OK ||
	    curl_multi_setopt(source->multi, CURLMOPT_TIMERDATA, source) != CURLM_OK ||
	    curl_multi_setopt(source->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) != CURLM_OK)
		return "no memory for fetching";
	return NULL;
}

static void https_submit(struct dc_source *base, struct dc_fetch *fetch)
{
	struct https *source = (struct https *)base;
	struct dc_answer draft = {.outcome = DC_OUTCOME_NOT_ASKED};
	struct transfer *transfer = NULL;
	if (!source->started)
		source->broken = start(source);
	if (source->broken)
		draft.detail = dc_slice_of(source->broken);
	else
		transfer = https_transfer_new(&source->options, source->trust, fetch, &draft);
	if (!transfer) {
		give(source, fetch, &draft);
		return;
	}
	push(&source->queue, transfer);
	start_more(source);
}

static bool https_claims(const struct dc_source *base, const struct dc_question *question)
{
	return question->kind == DC_ASK_HTTPS;
}

static void https_free(struct dc_source *base)
{
	struct https *source = (struct https *)base;
	for (struct transfer *transfer; (transfer = source->active.first);) {
		take_out(&source->active, transfer);
		(void)curl_multi_remove_handle(source->multi, transfer->easy);
		https_transfer_free(transfer);
	}
	for (struct transfer *transfer; (transfer = source->queue.first);) {
		take_out(&source->queue, transfer);
		https_transfer_free(transfer);
	}
	if (source->multi)
		(void)curl_multi_cleanup(source->multi);
	for (struct port *port = source->ports; port; port = port->next)
		port->gone = true;
	sweep_ports(source);
	dc_loop_disarm(source->loop, &source->timer);
	https_trust_free(source->trust);
	if (source->started)
		curl_global_cleanup();
	dc_answer_unref(source->spare);
	free(source->ca_file);
	free(source);
}

static const struct dc_source_ops https_ops = {
	.name = "https",
	.claims = https_claims,
	.submit = https_submit,
	.free = https_free,
};

struct dc_source *dc_https_new(struct dc_loop *loop, const struct dc_https_options *options, struct dc_error *err)
{
	const struct dc_answer no_memory = {.outcome = DC_OUTCOME_NOT_ASKED, .ede = -1, .detail = DC_S("no memory for an answer")};
	struct https *source;
	if (options->ca_file && https_trust_check(options->ca_file, err) != DC_OK)
		return NULL;
	source = calloc(1, sizeof *source);
	if (source) {
		*source = (struct https){.base.ops = &https_ops, .loop = loop, .options = *options};
		source->timer = (struct dc_timer){.fire = on_timer, .user = source};
		source->spare = dc_answer_new(&no_memory);
		source->ca_file = options->ca_file ? strdup(options->ca_file) : NULL;
		if (source->spare && (source->ca_file || !options->ca_file))
			return &source->base;
		https_free(&source->base);
	}
	(void)dc_error_set(err, DC_ERR_NOMEM, "out of memory for fetching");
	return NULL;
}
