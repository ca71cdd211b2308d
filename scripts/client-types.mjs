// Generates src/client/generated/openapi-types.d.ts, the types of the client, from openapi.yaml.
import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import openapiTypescript, { astToString } from 'openapi-typescript'

const root = new URL('../', import.meta.url)
const HEADER = '// Written from openapi.yaml by `npm run client`; never edited by hand.\n\n'

/** Returns the text of the file. */
export async function printClientTypes () {
  return HEADER + astToString(await openapiTypescript(new URL('openapi.yaml', root), { alphabetize: false }))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(new URL('src/client/generated/openapi-types.d.ts', root), await printClientTypes())
}
