/*
 * http_openapi.c - /v1/openapi.json, made from the tables that dispatch.
 *
 * Paths come from http_routes, params and sentences from methods.h: what is
 * described is what is answered. Result schemas stay open objects, because
 * fields may be added at any time and readers ignore those they don't know.
 */
#include "daemon/gateway.h"
#include "daemon/methods.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "?"
#endif

static json_t *
schema_of(const struct param *p)
{
	json_t *s;

	switch (p->type) {
	case PARAM_INT:
	case PARAM_NUMBER:
		s = json_pack("{s:s, s:s}", "type", "integer", "format",
		    "int64");
		if (p->max > p->min) {
			json_object_set_new(s, "minimum", json_integer(p->min));
			json_object_set_new(s, "maximum", json_integer(p->max));
		}
		return s;
	case PARAM_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case PARAM_STRINGS:
		return json_pack("{s:s, s:{s:s}}", "type", "array", "items",
		    "type", "string");
	case PARAM_MAP:
		return json_pack("{s:s, s:{s:s}}", "type", "object",
		    "additionalProperties", "type", "string");
	case PARAM_STRING:
		break;
	}
	return json_pack("{s:s}", "type", "string");
}

static json_t *
param_object(const struct param *p, bool in_path)
{
	return json_pack("{s:s, s:s, s:b, s:s?, s:o}", "name", p->name, "in",
	    in_path ? "path" : "query", "required", in_path || p->required,
	    "description", p->doc, "schema", schema_of(p));
}

static json_t *
json_response(const char *what)
{
	return json_pack("{s:s, s:{s:{s:{s:s}}}}", "description", what,
	    "content", "application/json", "schema", "type", "object");
}

static json_t *
error_response(void)
{
	return json_pack("{s:s, s:{s:{s:{s:s}}}}", "description",
	    "What went wrong, with a stable reason.", "content",
	    "application/json", "schema", "$ref",
	    "#/components/schemas/Error");
}

/* One GET; has_id: the path has {id}. */
static void
add_path(json_t *paths, const char *path, const struct method *m,
    const char *doc, bool has_id)
{
	json_t *list = json_array(), *op;
	const struct param *p;

	for (p = m->params; p != NULL && p->name != NULL; p++)
		json_array_append_new(list,
		    param_object(p, has_id && strcmp(p->name, "id") == 0));
	op = json_pack("{s:s, s:s, s:o, s:{s:o, s:o}}", "operationId", m->name,
	    "summary", doc, "parameters", list, "responses", "200",
	    json_response(m->result ? m->result : ""), "default",
	    error_response());
	json_object_set_new(paths, path, json_pack("{s:o}", "get", op));
}

static void
add_text(json_t *paths, const char *path, const char *type, const char *doc)
{
	json_object_set_new(paths, path,
	    json_pack("{s:{s:s, s:[], s:{s:{s:s, s:{s:{s:{s:s}}}}}}}", "get",
		"summary", doc, "security", "responses", "200", "description",
		doc, "content", type, "schema", "type", "string"));
}

static json_t *
make_paths(void)
{
	json_t *paths = json_object();
	const struct http_route *rt;
	const struct method *m;
	char path[80];

	m = method_find("instance.list");
	if (m != NULL)
		add_path(paths, "/v1/instances", m, m->doc, false);
	for (rt = http_routes; rt->tail != NULL; rt++) {
		m = method_find(rt->method);
		snprintf(path, sizeof(path), "/v1/instances/{id}%s%s",
		    rt->tail[0] ? "/" : "", rt->tail);
		if (m != NULL)
			add_path(paths, path, m, rt->doc, true);
	}
	m = method_find("daemon.status");
	if (m != NULL)
		add_path(paths, "/v1/status", m, m->doc, false);
	m = method_find("telemetry.events");
	if (m != NULL)
		add_path(paths, "/v1/events", m,
		    "Server-sent events: history after `since` or "
		    "Last-Event-ID, then what comes.",
		    false);
	add_text(paths, "/metrics", "text/plain", "Prometheus metrics.");
	add_text(paths, "/healthz", "text/plain", "The gateway is alive.");
	add_text(paths, "/readyz", "text/plain",
	    "All roles are there and the store can be read.");
	return paths;
}

json_t *
http_openapi(void)
{
	json_t *error;

	error = json_pack("{s:s, s:[s], s:{s:{s:s, s:{s:{s:s}, s:{s:s}, "
			  "s:{s:s}}}}}",
	    "type", "object", "required", "error", "properties", "error",
	    "type", "object", "properties", "code", "type", "integer",
	    "message", "type", "string", "reason", "type", "string");
	return json_pack("{s:s, s:{s:s, s:s, s:s}, s:[{s:[]}], s:o, "
			 "s:{s:{s:o}, s:{s:{s:s, s:s}}}}",
	    "openapi", "3.0.3", "info", "title", "gortd", "version",
	    PACKAGE_VERSION, "description",
	    "Instances of gort and what is known of them. Reading only.",
	    "security", "token", "paths", make_paths(), "components",
	    "schemas", "Error", error, "securitySchemes", "token", "type",
	    "http", "scheme", "bearer");
}
