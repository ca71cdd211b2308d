import { App, Validations, type AppProps } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { readSettings } from './settings.ts'
import { PosterframeStack } from './stack.ts'

/** The app with its one stack, checked by cdk-nag when it is synthesised; findings that nobody argued for end that. */
export function createApp (props?: AppProps): App {
  const app = new App(props)
  const settings = readSettings((name) => app.node.tryGetContext(name) as unknown)
  new PosterframeStack(app, 'Posterframe', settings)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}
