//go:build !race

package ipnet_test

const raceDetector = false
