import { App, Validations, type AppProps } from 'aws-cdk-lib'
import type { CloudAssembly } from 'aws-cdk-lib/cx-api'
import { AwsSolutionsChecks } from 'cdk-nag'
import { SettingsError } from './settings-error.ts'
import { readSettings } from './settings.ts'
import { PosterframeStack } from './stack.ts'

/** Creates the app with its one stack. Synthesis fails on findings of cdk-nag that are not acknowledged. */
export function createApp (props?: AppProps): App {
  const app = new App(props)
  const settings = readSettings(app.node.getAllContext() as Record<string, unknown>)
  new PosterframeStack(app, 'Posterframe', settings)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}

/** Synthesises the app. Returns undefined if the user has to correct something, which is printed. */
export function runApp (): CloudAssembly | undefined {
  try {
    return createApp().synth()
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
    return undefined
  }
}
