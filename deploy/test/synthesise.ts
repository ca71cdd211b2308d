import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { Validations, type Stack } from 'aws-cdk-lib'
import { createApp } from '../create-app.ts'

/** A resource of a template. */
export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
}

/** Output of a synthesis. */
export interface Synthesised {
  /** Path of the cloud assembly. */
  readonly outdir: string
  readonly resources: Readonly<Record<string, Resource>>
  /** Returns the resources of a type, by their logical ids. */
  readonly find: (type: string) => Array<[id: string, properties: Record<string, any>]>
  /** Returns the only resource of a type whose logical id begins so. */
  readonly one: (type: string, beginning: string) => Record<string, any>
  /** Acknowledged findings of cdk-nag. */
  readonly acknowledged: ReadonlyArray<{ readonly path: string, readonly id: string, readonly reason: string }>
}

const directory = mkdtempSync(join(tmpdir(), 'posterframe-synth-'))
after(() => {
  rmSync(directory, { recursive: true, force: true })
})
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8')) as {
  context: Record<string, unknown>
}
let count = 0

/**
 * Applies `change` and synthesises the stack as the CDK CLI does, but offline and without Docker.
 * @throws Error if a finding of cdk-nag is not acknowledged
 */
export function synthesise (
  options: Readonly<Record<string, string>> = {},
  change: (stack: Stack) => void = () => {}
): Synthesised {
  const outdir = join(directory, String(count++))
  const app = createApp({ outdir, context: { ...context, ...options } })
  change(app.node.findChild('Posterframe') as Stack)
  app.synth()
  const { Resources: resources } = JSON.parse(readFileSync(join(outdir, 'Posterframe.template.json'), 'utf8')) as {
    Resources: Record<string, Resource>
  }
  const find: Synthesised['find'] = (type) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties])
  return {
    outdir,
    resources,
    find,
    one (type, beginning) {
      const found = find(type).filter(([id]) => id.startsWith(beginning))
      if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} begin with ${beginning}`)
      return found[0]?.[1] ?? {}
    },
    acknowledged: app.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .flatMap(({ data }) =>
            Object.entries(data as Record<string, string>).map(([id, reason]) => ({ path: node.path, id, reason }))
          )
      )
  }
}

/** Creates empty files where the stack expects `dist/` and ffmpeg. */
export function makeArtefact (): { readonly dist: string, readonly ffmpeg: string } {
  const dist = join(directory, 'dist')
  mkdirSync(join(dist, 'node_modules/@img/sharp-linux-x64'), { recursive: true })
  writeFileSync(join(dist, 'lambda.mjs'), '')
  const ffmpeg = join(directory, 'ffmpeg')
  writeFileSync(ffmpeg, '')
  return { dist, ffmpeg }
}

/** Evaluates `Fn::Join`, with references as `<Name>` and `<Name.Attribute>`. */
export function flatten (value: any): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value?.['Fn::Join'])) {
    return (value['Fn::Join'][1] as unknown[]).map(flatten).join(value['Fn::Join'][0] as string)
  }
  if (value?.Ref !== undefined) return `<${value.Ref}>`
  if (Array.isArray(value?.['Fn::GetAtt'])) return `<${value['Fn::GetAtt'].join('.')}>`
  return JSON.stringify(value)
}
