/* Waivers, severities and profiles, as a user's files and options say them: whatever stands there, it is taken or refused with
 * one clean line that names the place. The first line goes to --set when it has a "=", or to --profile when it has a comma or
 * nothing but a word; the whole input is a file of --waivers. */
#include <sys/mman.h>
#include <unistd.h>

#include "api/config.h"
#include "fuzz.h"

static void check_refusal(const struct dc_error *err, const char *begin)
{
	FUZZ_CHECK(strncmp(err->message, begin, strlen(begin)) == 0);
	for (const char *c = err->message; *c; c++)
		FUZZ_CHECK(*c >= ' ' && *c <= '~');
}

/* What is taken can be shown and decided by: a reason, a day, and something in the catalogue that it is about. */
static void check_waivers(const struct dc_config *config, size_t lines)
{
	FUZZ_CHECK(config->policy.waiver_count == config->waiver_count && config->waiver_count <= lines);
	for (size_t i = 0; i < config->waiver_count; i++) {
		const struct dc_waiver *waiver = config->waivers[i];
		FUZZ_CHECK(waiver->number == i && config->policy.waivers[i] == waiver && !waiver->own);
		FUZZ_CHECK(waiver->reason.len && waiver->slug.len && waiver->subject.len && waiver->where.len);
		FUZZ_CHECK(waiver->id_count > 0 && (waiver->expires.len != 10 || waiver->ends_s % 86400 == 0));
		for (size_t k = 0; k < waiver->id_count; k++)
			FUZZ_CHECK(waiver->ids[k] < DC_F_COUNT);
	}
}

/* Each once, and no other than there are. */
static void check_profiles(const struct dc_config *config, size_t words)
{
	FUZZ_CHECK(config->policy.profile_count > 0 && config->policy.profile_count <= words);
	for (size_t i = 0; i < config->policy.profile_count; i++) {
		const struct dc_profile *profile = config->policy.profiles[i];
		FUZZ_CHECK(profile && dc_profile_find(dc_slice_of(profile->id)) == profile);
		for (size_t k = 0; k < i; k++)
			FUZZ_CHECK(config->policy.profiles[k] != profile);
	}
}

/* To the option that the line looks like. */
static void give_option(struct dc_config *config, const char *text)
{
	struct dc_error err = {0};
	bool set = strchr(text, '=') != NULL;
	size_t words = 1;
	if (!set && strchr(text, ' ') && !strchr(text, ','))
		return;
	for (const char *c = text; *c; c++)
		words += *c == ',';
	if (dc_config_set(config, set ? "set" : "profile", text, &err) != DC_OK)
		check_refusal(&err, set ? "--set" : "--profile");
	else if (set)
		FUZZ_CHECK(config->policy.rule_count == words);
	else
		check_profiles(config, words);
}

static void read_file(struct dc_config *config, const uint8_t *data, size_t size)
{
	char path[64];
	struct dc_error err = {0};
	size_t lines = 1;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
		(void)(fd >= 0 && close(fd));
		return;
	}
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	if (dc_config_set(config, "waivers", path, &err) == DC_OK)
		check_waivers(config, lines);
	else
		check_refusal(&err, path);
	(void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_config *config = dc_config_new();
	char text[256];
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t len = end ? (size_t)(end - data) : size;
	if (!config)
		return 0;
	if (len && len < sizeof text && !memchr(data, 0, len)) {
		memcpy(text, data, len);
		text[len] = 0;
		give_option(config, text);
	}
	read_file(config, data, size);
	dc_config_free(config);
	return 0;
}
