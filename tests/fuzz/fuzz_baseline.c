/* Baselines: whatever the file holds, it is taken or refused with one line; what is taken waives the findings it names, and
 * no inconclusive ones. */
#include <sys/mman.h>
#include <unistd.h>

#include "api/baseline.h"
#include "dkim/dkim.h"
#include "fuzz.h"
#include "mta_sts/mta_sts.h"

static void apply(const struct dc_baseline *baseline, struct dc_arena *arena)
{
	struct dc_finding findings[2] = {{.id = DC_F_SPF_MISSING, .severity = DC_SEVERITY_ERROR, .subject = DC_S("a.example")},
					 {.id = DC_F_MX_UNANSWERED, .severity = DC_SEVERITY_ERROR, .subject = DC_S("a.example")}};
	struct dc_finding_list list = {.items = findings, .count = 2, .capacity = 2};
	size_t count;
	if (DC_ARENA_GUARD(arena))
		return;
	dc_baseline_apply(baseline, DC_S("a.example"), &list, arena);
	FUZZ_CHECK(findings[1].waived.len == 0);
	const struct dc_dkim_seen *keys = dc_baseline_keys(baseline, &count);
	for (size_t i = 0; i < count; i++)
		FUZZ_CHECK(keys[i].name.len && keys[i].fingerprint.len && keys[i].since_s);
	const struct dc_mta_sts_seen *policies = dc_baseline_policies(baseline, &count);
	for (size_t i = 0; i < count; i++) {
		FUZZ_CHECK(policies[i].id.len && policies[i].mode.len && policies[i].pattern_count <= DC_MTA_STS_PATTERN_MAX);
		FUZZ_CHECK(!i || dc_mta_sts_seen_compare(&policies[i - 1], &policies[i]) < 0);
		FUZZ_CHECK(dc_slice_eq(dc_mta_sts_seen_find(policies, count, policies[i].domain)->domain, policies[i].domain));
	}
}

/* The same octets as a file: taken or refused like them. */
static void check_file(const uint8_t *data, size_t size, bool taken)
{
	struct dc_baseline *baseline = NULL;
	struct dc_error err = {0};
	char path[64];
	int fd = memfd_create("baseline", MFD_CLOEXEC);
	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	FUZZ_CHECK((dc_baseline_read(path, &baseline, &err) == DC_OK) == taken);
	dc_baseline_free(baseline);
	(void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_baseline *baseline = NULL;
	struct dc_error err = {0};
	struct dc_arena *arena = dc_arena_new(16 << 20);
	if (dc_baseline_parse("fuzz", (struct dc_slice){(const char *)data, size}, &baseline, &err) != DC_OK)
		FUZZ_CHECK(strncmp(err.message, "--baseline: fuzz", 16) == 0 && !strchr(err.message, '\n'));
	else if (arena)
		apply(baseline, arena);
	if (size % 4 == 0)
		check_file(data, size, baseline != NULL);
	dc_baseline_free(baseline);
	dc_arena_free(arena);
	return 0;
}
