package repocheck

// wallClock says who may see the real world's time, network and chance.
var wallClock = map[string]string{
	"cmd/...":   "wires the real doors for the gateway as a process and times the run",
	"sim/clock": "is the clock; it drives virtual time by the real scheduler",

	"sim/bridge/loopback":   "opens sockets to a gateway outside the simulation, in 127.0.0.0/8 and nowhere else",
	"sim/postfix":           "runs a real mail server, on the wall clock",
	"sim/docker/...":        "is about real containers, kernels and processes, on the wall clock",
	"gateway/door/doortest": "is imported by tests only: real doors on loopback",
}

// ioDoor says who may touch files, databases and child processes: through the IO of the world's clock, or
// before and after the clock runs.
var ioDoor = map[string]string{
	"gateway/store":                "messages and queue, durable before 250; behind the clock's IO",
	"sim/record":                   "bodies too large for memory; behind the clock's IO",
	"reports/...":                  "writes the reports when no clock runs",
	"cmd/...":                      "reads its arguments' files, writes logs",
	"features/suite":               "output directory and worker processes, where no clock runs",
	"features/attestation":         "packs a run and unpacks a package, where no clock runs",
	"features/sut/driver/program":  "runs vendors' programs and finds what they leave behind, on the wall clock",
	"features/sut/process":         "runs the reference gateway as a program, on the wall clock",
	"features/sut/credentials":     "writes keys and card for a gateway outside the bench, on the wall clock",
	"features/sut/referencedriver": "removes the data of the program that it drives, on the wall clock",
	"features/subject":             "looks whether a gateway's name is a file, before a run",
	"features/sut/vendor":          "writes where a vendor's gateway lives, and keeps what its driver said, on the wall clock",
	"features/world":               "directories of a scenario, before and after its clock; the capture behind the clock's IO",
	"sim/docker/...":               "starts containers, passes devices and sockets on, where no virtual clock runs",
	"features/world/attach":        "directories of a gateway outside the bench, behind the clock's IO",
	"features/mutant/fault":        "looks at a gateway's disk before it starts, behind the clock's IO",
	"features/mutant/catalogue":    "spoils a gateway's disk, behind the clock's IO",
	"features/mutant/patch":        "copies the sources and builds them, where no clock runs",
	"features/mutant/hunt":         "directories of the runs against mutants, where no clock runs",
	"features/evidence":            "stores a scenario's evidence when its clock has stopped, and reads it again",
}

const (
	timeReason    = "time comes from the injected clock; on the wall clock a scenario of days would take days"
	networkReason = "sockets and names come through the doors Dial, Listen, Resolve; the real network must never be reached by a test bench"
	chanceReason  = "chance comes from the injected source; equal seeds must give equal runs"
	diskReason    = "waiting on the real world lets virtual time run away; only the listed packages may, through Clock.IO"
)

// Calls are the forbidden uses.
var Calls = []Forbidden{
	{Package: "time", Names: names("Now Since Until Sleep After AfterFunc NewTimer NewTicker Tick"), Allowed: wallClock, Reason: timeReason},
	{Package: "context", Names: names("WithTimeout WithDeadline WithTimeoutCause WithDeadlineCause"), Allowed: wallClock, Reason: timeReason + "; use Clock.WithTimeout"},
	{
		Package: "net", Names: names("Dial DialTimeout DialTCP DialUDP DialIP DialUnix Dialer Listen ListenTCP ListenUDP ListenIP ListenUnix ListenUnixgram " +
			"ListenPacket ListenMulticastUDP ListenConfig DefaultResolver Resolver LookupHost LookupIP LookupAddr LookupMX LookupTXT LookupNS LookupSRV LookupCNAME LookupPort " +
			"ResolveTCPAddr ResolveUDPAddr ResolveIPAddr Interfaces InterfaceAddrs InterfaceByName FileConn FileListener"),
		Allowed: wallClock, Reason: networkReason,
	},
	{Package: "crypto/tls", Names: names("Dial DialWithDialer Dialer Listen"), Allowed: wallClock, Reason: networkReason},
	{
		Package: "net/http", Names: names("Get Post PostForm Head DefaultClient DefaultTransport ListenAndServe ListenAndServeTLS"),
		Allowed: wallClock, Reason: networkReason,
	},
	{Package: "net/smtp", Allowed: wallClock, Reason: networkReason},
	{Package: "github.com/emersion/go-smtp", Names: names("Dial DialTLS DialStartTLS SendMail SendMailTLS"), Allowed: wallClock, Reason: networkReason},
	{Package: "github.com/miekg/dns", Names: names("Exchange ExchangeContext Dial DialTimeout DialWithTLS ListenAndServe ListenAndServeTLS Id"), Allowed: wallClock, Reason: networkReason},
	{Package: "crypto/rand", Allowed: wallClock, Reason: chanceReason},
	{Package: "math/rand", Names: names("New NewSource NewZipf Rand Source Source64 Zipf"), Except: true, Allowed: wallClock, Reason: chanceReason},
	{Package: "math/rand/v2", Names: names("New NewPCG NewChaCha8 NewZipf Rand Source PCG ChaCha8 Zipf"), Except: true, Allowed: wallClock, Reason: chanceReason},
	{
		Package: "os", Names: names("Open OpenFile Create CreateTemp ReadFile WriteFile Mkdir MkdirAll MkdirTemp Remove RemoveAll Rename ReadDir Stat Lstat Link Symlink " +
			"Readlink Truncate Chmod Chown Chtimes CopyFS DirFS OpenRoot OpenInRoot Root Pipe StartProcess FindProcess"),
		Allowed: ioDoor, Reason: diskReason,
	},
	{Package: "path/filepath", Names: names("Walk WalkDir Glob EvalSymlinks Abs"), Allowed: ioDoor, Reason: diskReason},
	{Package: "io/ioutil", Allowed: map[string]string{}, Reason: "deprecated; use os where the disk is allowed"},
	{Package: "database/sql", Allowed: ioDoor, Reason: diskReason},
	{Package: "os/exec", Allowed: ioDoor, Reason: diskReason},
	{
		Package: "os/signal", Allowed: map[string]string{"cmd/...": "drains on SIGTERM, stops a run on interrupt"},
		Reason: "a goroutine parked in a signal wait counts as work for the virtual clock",
	},
	{
		Package: Module + "/sim/lab", Names: names("Build"), Allowed: map[string]string{"features/world": "owns the scenario's world"},
		Reason: "a scenario owns its world; only features/world builds and closes one",
	},
}
