import { App, Validations, type AppProps } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { readSettings } from './settings.ts'
import { PosterframeStack } from './stack.ts'

/** Creates the app with its one stack. Synthesis fails on findings of cdk-nag that are not acknowledged. */
export function createApp (props?: AppProps): App {
  const app = new App(props)
  const settings = readSettings((name) => app.node.tryGetContext(name) as unknown)
  new PosterframeStack(app, 'Posterframe', settings)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}
