/*
 * http_auth.h - who may read over HTTP. Pure but for the token's file.
 */
#ifndef DAEMON_HTTP_AUTH_H
#define DAEMON_HTTP_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_TOKEN_BYTES 32 /* hexadecimal digits: 128 bits */

/*
 * May a request with this Host header be answered? Addresses and "localhost"
 * may, and the names in extra (comma separated, NULL: none). host NULL is no.
 */
bool http_host_ok(const char *host, const char *extra);

/* Same text, in a time that does not depend on where they differ. */
bool http_token_equal(const char *token, const char *given);

/*
 * Does the request carry the token? Looks at "Bearer X" (authorization), at
 * the cookie named name, and at query_token; each may be NULL.
 */
bool http_token_ok(const char *token, const char *authorization,
    const char *cookies, const char *name, const char *query_token);

/*
 * Read the token from its file, or make one: 0600, written whole or not at
 * all. ret has room for HTTP_TOKEN_BYTES + 1.
 * Returns 0, or -errno with a sentence in *ret_cause (owned); -EPERM when the
 * file is somebody else's or others may read it.
 */
int http_token_load(const char *path, char *ret, char **ret_cause);

#endif
