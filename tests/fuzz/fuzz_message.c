/* Messages through libopendkim as the worker calls it, in this process: nothing may kill it. The keys are those of RFC 8463. */
#include <string.h>

#include "fuzz.h"
#include "receiver/libopendkim.h"

static void put_key(struct dc_buf *out, const char *name, const char *record)
{
	dc_wire_put8(out, DC_WIRE_ITEM_DNS);
	dc_wire_put8(out, DC_WIRE_RECORDS);
	dc_wire_put16(out, DC_TYPE_TXT);
	dc_wire_put_b16(out, dc_slice_of(name));
	dc_wire_put16(out, 1);
	dc_wire_put16(out, 1 + (unsigned)strlen(record));
	dc_wire_put8(out, (unsigned)strlen(record));
	dc_buf_puts(out, record);
}

static void put_state(struct dc_buf *out, const char *name, enum dc_wire_state state)
{
	dc_wire_put8(out, DC_WIRE_ITEM_DNS);
	dc_wire_put8(out, state);
	dc_wire_put16(out, DC_TYPE_TXT);
	dc_wire_put_b16(out, dc_slice_of(name));
	dc_wire_put16(out, 0);
}

static struct dc_store *keys(void)
{
	struct dc_store *store = dc_store_new();
	struct dc_wire_reader reader;
	struct dc_buf out;

	dc_buf_init(&out, 65536);
	dc_wire_put32(&out, 5);
	put_state(&out, "unseen._domainkey.football.example.com", DC_WIRE_UNSEEN);
	put_state(&out, "failed._domainkey.football.example.com", DC_WIRE_FAILED);
	put_state(&out, "none._domainkey.football.example.com", DC_WIRE_NXDOMAIN);
	put_key(&out, "brisbane._domainkey.football.example.com", "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	put_key(&out, "test._domainkey.football.example.com",
		"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91"
		"y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
	reader = (struct dc_wire_reader){dc_buf_slice(&out), false};
	FUZZ_CHECK(store && dc_store_add(store, &reader));
	dc_buf_free(&out);
	return store;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dc_libopendkim *lib; /* opening it takes a millisecond, a message a tenth of that */
	static struct dc_store *store;
	struct dc_receiver_job job = {.kind = DC_RECEIVER_JOB_MESSAGE, .now_s = 1528638000};
	struct dc_receiver_message message, again;
	struct dc_arena *arena = dc_arena_new(16 << 20);
	struct dc_run run;
	struct dc_buf out;

	if (!arena)
		return 0;
	if (!lib) {
		store = keys();
		lib = dc_libopendkim_new();
		FUZZ_CHECK(lib);
	}
	/* the worker ends when its arena is spent; here only what the library holds is lost */
	if (size > 64u << 10 || DC_ARENA_GUARD(arena)) {
		dc_arena_free(arena);
		return 0;
	}
	run = (struct dc_run){.store = store, .arena = arena};
	dc_libopendkim_message(lib, &job, (struct dc_slice){size ? (const char *)data : NULL, size}, &run, &message);
	FUZZ_CHECK(run.missing_count <= DC_RECEIVER_MISSING_MAX);
	if (!run.missing_count && message.fate == DC_RECEIVER_DONE) {
		FUZZ_CHECK(message.count <= DC_RECEIVER_SIGNATURES_MAX);
		dc_buf_init(&out, 4 << 20);
		dc_receiver_message_write(&out, &message);
		FUZZ_CHECK(out.status == DC_OK && out.len <= DC_RECEIVER_RESULT_MAX);
		FUZZ_CHECK(dc_receiver_message_read(arena, dc_buf_slice(&out), &again));
		FUZZ_CHECK(again.count == message.count);
		dc_buf_free(&out);
	}
	dc_arena_free(arena);
	return 0;
}
