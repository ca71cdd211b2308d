// A store sends an entity tag as `"x"`, as `W/"x"` if a proxy changed the response, or without quotes.

/** Returns the text that names the version of an object: `x`, or `W/"x"` for a weak entity tag. */
export function parseEntityTag (header: string): string {
  return header.replace(/^"(.*)"$/s, '$1')
}

/**
 * Returns the value of `If-Match` for a version; undefined for a weak entity tag, which no `If-Match` ever matches (RFC
 * 9110, section 13.1.1).
 */
export function formatCondition (etag: string): string | undefined {
  return etag.startsWith('W/') ? undefined : `"${etag}"`
}

/** Returns whether two entity tags name the same version. A proxy may weaken the tag of one response only. */
export function isSameVersion (one: string, other: string): boolean {
  return one === other || nameVersion(one) === nameVersion(other)
}

function nameVersion (etag: string): string {
  return etag.replace(/^W\/"(.*)"$/s, '$1')
}
