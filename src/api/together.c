/* What only all domains of a run together show: two RSA keys with a prime in common, and waivers that match nothing. Every
 * format gets to know it, also those that have written each domain long before. */
#include "api/manifest.h"
#include "api/places.h"
#include "api/run.h"
#include "render/fleet.h"

enum {
	TOGETHER_DOMAINS_MAX = 2000, /* a batch GCD over that many keys takes a quarter of a second; the reports json and text, which
				      * hold a whole fleet, go on further */
	TOGETHER_MEMORY_MAX = 64 << 20,
};

/* ---- waivers ---- */

static void remember_waivers(struct dc_run *run, const struct dc_result *result)
{
	for (size_t k = 0; k < result->policy->waiver_count; k++) {
		enum dc_tri *matched = &run->waivers_matched[result->policy->waivers[k]->number];
		*matched = dc_tri_or(*matched, result->judgement.waivers_matched[k]);
	}
}

static bool has_expired(const struct dc_run *run, const struct dc_waiver *waiver)
{
	return waiver->ends_s <= run->inputs.now_s;
}

/* Those that no finding tells of. What was not audited might have matched. */
static bool is_idle(const struct dc_run *run, const struct dc_waiver *waiver)
{
	enum dc_tri matched = run->waivers_matched[waiver->number];
	const struct dc_config_manifest *manifest = run->config->manifest;
	bool whole = !run->partial && !run->config->shards && !run->stopped && run->done &&
		     (!manifest || run->done >= manifest->parsed->domain_count);
	if (waiver->own || run->config->policy.single)
		return false;
	return has_expired(run, waiver) ? matched != DC_TRI_YES : whole && matched == DC_TRI_NO;
}

bool dc_run_idle_waiver(const struct dc_run *run, size_t i, struct dc_idle_waiver *ret_waiver)
{
	for (size_t k = 0; k < run->config->waiver_count; k++) {
		const struct dc_waiver *waiver = run->config->waivers[k];
		if (!is_idle(run, waiver) || i-- > 0)
			continue;
		*ret_waiver = (struct dc_idle_waiver){.where = waiver->where.ptr, .slug = waiver->slug.ptr,
						      .subject = waiver->subject.ptr, .expires = waiver->expires.ptr,
						      .expired = has_expired(run, waiver)};
		return true;
	}
	return false;
}

static bool waiver_fails(const struct dc_run *run)
{
	for (size_t k = 0; k < run->config->waiver_count; k++)
		if (has_expired(run, run->config->waivers[k]) && is_idle(run, run->config->waivers[k]))
			return true;
	return false;
}

/* ---- keys ---- */

void dc_run_remember(struct dc_run *run, const struct dc_result *result)
{
	remember_waivers(run, result);
	if (!result->view.facts || !result->view.facts->dkim)
		return;
	if (run->remembered >= TOGETHER_DOMAINS_MAX || (!run->together && !(run->together = dc_fleet_new())) ||
	    !dc_fleet_add(run->together, &result->view)) {
		run->not_compared++;
		return;
	}
	run->remembered++;
}

static struct dc_slice place(const struct dc_fleet_thing *key)
{
	return key && key->use_count ? key->uses[0].name : DC_S("another key");
}

static bool view(struct dc_run *run)
{
	if (run->together_view)
		return true;
	if (!run->together || run->remembered < 2)
		return false;
	if (!run->together_arena)
		run->together_arena = dc_arena_new(TOGETHER_MEMORY_MAX);
	if (!run->together_arena || DC_ARENA_GUARD(run->together_arena))
		return false;
	run->together_view = dc_fleet_view(run->together, run->together_arena);
	return true;
}

bool dc_run_shared_prime(struct dc_run *run, size_t i, const char **ret_a, const char **ret_b)
{
	if (!view(run) || i >= run->together_view->prime_count || DC_ARENA_GUARD(run->together_arena))
		return false;
	const struct dc_fleet_primes *pair = &run->together_view->primes[i];
	*ret_a = dc_arena_dup(run->together_arena, place(pair->a)).ptr;
	*ret_b = dc_arena_dup(run->together_arena, place(pair->b)).ptr;
	return true;
}

bool dc_run_fails(struct dc_run *run)
{
	return run->config->policy.fail_on != DC_SEVERITY_OFF &&
	       (waiver_fails(run) || (view(run) && run->together_view->prime_count > 0));
}

void dc_run_forget(struct dc_run *run)
{
	dc_fleet_free(run->together);
	dc_arena_free(run->together_arena);
	dc_places_free(run->places);
}
