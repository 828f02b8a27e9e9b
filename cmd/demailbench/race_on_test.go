//go:build race

package main

// raceDetector: this test program was built with the race detector.
const raceDetector = true
