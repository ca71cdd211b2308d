// Writes src/client/generated/openapi-types.d.ts, the types of the client, from openapi.yaml.
import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import openapiTypescript, { astToString } from 'openapi-typescript'

const root = new URL('../', import.meta.url)
const HEADER = '// Generated from openapi.yaml by `npm run client`. Do not edit.\n\n'

/** Returns the content of the file. */
export async function printClientTypes () {
  return HEADER + astToString(await openapiTypescript(new URL('openapi.yaml', root), {
    alphabetize: false,
    // A property of a request body that has a default is optional all the same.
    defaultNonNullable: false
  }))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(new URL('src/client/generated/openapi-types.d.ts', root), await printClientTypes())
}
