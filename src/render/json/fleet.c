/* "fleet" of the JSON report. */
#include "render/json/fleet.h"

static json_t *domains(struct dc_json *json, const struct dc_fleet_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->domain_count; i++) {
		const struct dc_fleet_domain *domain = view->domains[i];
		json_t *object = json_object();

		dc_json_set(json, object, "domain", dc_json_text(json, domain->domain));
		dc_json_set(json, object, "verdict", json_string(dc_domain_verdict_name(domain->verdict)));
		dc_json_set(json, object, "errors", dc_json_uint(domain->errors));
		dc_json_set(json, object, "warnings", dc_json_uint(domain->warnings));
		dc_json_set(json, object, "notices", dc_json_uint(domain->notices));
		dc_json_set(json, object, "inconclusive", dc_json_uint(domain->undetermined));
		dc_json_add(json, array, object);
	}
	return array;
}

static json_t *outliers(struct dc_json *json, const struct dc_fleet_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->outlier_count; i++) {
		const struct dc_fleet_outlier *outlier = &view->outliers[i];
		json_t *object = json_object(), *others = json_array();

		for (size_t k = 0; k < outlier->other_count; k++) {
			json_t *other = json_object();

			dc_json_set(json, other, "domain", dc_json_text(json, outlier->others[k]->domain));
			dc_json_set(json, other, "value", json_string(outlier->others[k]->values[outlier->property]));
			dc_json_add(json, others, other);
		}
		dc_json_set(json, object, "property", json_string(dc_fleet_property_name(outlier->property)));
		dc_json_set(json, object, "value", json_string(outlier->value));
		dc_json_set(json, object, "domains", dc_json_uint(outlier->have));
		dc_json_set(json, object, "of", dc_json_uint(outlier->of));
		dc_json_set(json, object, "others", others);
		dc_json_add(json, array, object);
	}
	return array;
}

static json_t *users(struct dc_json *json, const struct dc_fleet_thing *thing)
{
	json_t *array = json_array();

	for (size_t i = 0; i < thing->use_count; i++)
		dc_json_add(json, array, dc_json_text(json, thing->uses[i].domain->domain));
	return array;
}

/* Where a key stands; other things are just there. */
static json_t *places(struct dc_json *json, const struct dc_fleet_thing *thing)
{
	json_t *array = json_array();

	for (size_t i = 0; i < thing->use_count; i++)
		dc_json_add(json, array, dc_json_text(json, thing->uses[i].name));
	return array;
}

static json_t *shared(struct dc_json *json, const struct dc_fleet_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->shared_count; i++) {
		const struct dc_fleet_thing *thing = view->shared[i];
		json_t *object = json_object();

		dc_json_set(json, object, "kind", json_string(dc_fleet_kind_name(thing->kind)));
		dc_json_set(json, object, "value", dc_json_text(json, thing->value));
		dc_json_set(json, object, "domains", users(json, thing));
		if (thing->kind == DC_FLEET_DKIM_KEY)
			dc_json_set(json, object, "names", places(json, thing));
		dc_json_add(json, array, object);
	}
	return array;
}

static json_t *providers(struct dc_json *json, const struct dc_fleet_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->provider_count; i++) {
		const struct dc_fleet_thing *thing = view->providers[i];
		json_t *object = json_object();

		dc_json_set(json, object, "id", dc_json_text(json, thing->value));
		dc_json_set(json, object, "name", dc_json_text(json, thing->title));
		dc_json_set(json, object, "domains", users(json, thing));
		dc_json_add(json, array, object);
	}
	return array;
}

static json_t *primes(struct dc_json *json, const struct dc_fleet_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->prime_count; i++) {
		const struct dc_fleet_primes *pair = &view->primes[i];
		json_t *object = json_object();

		dc_json_set(json, object, "names", places(json, pair->a));
		dc_json_set(json, object, "with", pair->b ? places(json, pair->b) : json_null());
		dc_json_add(json, array, object);
	}
	return array;
}

void dc_json_fleet(struct dc_json *json, json_t *fleet, const struct dc_fleet_view *view)
{
	dc_json_set(json, fleet, "domains", domains(json, view));
	dc_json_set(json, fleet, "outliers", outliers(json, view));
	dc_json_set(json, fleet, "shared", shared(json, view));
	dc_json_set(json, fleet, "shared_primes", view->keys_tested ? primes(json, view) : json_null());
	dc_json_set(json, fleet, "providers", providers(json, view));
}
