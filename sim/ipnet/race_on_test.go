//go:build race

package ipnet_test

// raceDetector shuffles the run queue on purpose: then what goroutines of one instant do comes in any order.
const raceDetector = true
