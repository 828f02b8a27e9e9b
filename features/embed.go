// Package features is the executable specification: what a De-Mail gateway must do, as Gherkin features
// by capability. Each feature's prose head names the statements of the source documents it covers; each
// scenario carries their ids as tags. It holds the feature files only: steps, world, judge and runner
// are packages below.
package features

import "embed"

// FS holds all feature files.
//
//go:embed transport/*.feature demail/*.feature enrolment/*.feature roles/*.feature operations/*.feature scenarios/*.feature
var FS embed.FS
