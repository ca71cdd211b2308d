import { runApp } from './create-app.ts'

// Entry of the CDK CLI, which passes the context and the output directory in environment variables.
runApp()
