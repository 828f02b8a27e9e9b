package rehearse

import (
	"maps"
	"slices"
)

// preconditions are everything that must be so, by name. Who puts it right is the party that can act first; the
// days are working days before production.
var preconditions = map[string]precondition{
	"authority.id":      {Tenant, 20, "S0-015"},
	"authority.name":    {Tenant, 20, "S0-015 S1-095"},
	"authority.key":     {Tenant, 20, "S1-095"},
	"authority.nokey":   {Tenant, 20, "S1-095"},
	"authority.keyname": {Tenant, 20, "S1-095 S1-096"},
	"authority.state":   {Tenant, 20, "S0-003"},
	"authority.network": {KDN, 20, "S0-003"},

	"dates.production": {Tenant, 20, "S0-024 S0-033"},
	"dates.past":       {Tenant, 0, "S0-033"},
	"dates.pilot":      {SID, 20, "S0-057 S0-058 D23"},
	"dates.over":       {SID, 0, "S0-058 D29"},
	"dates.holiday":    {Tenant, 0, "D5"},
	"dates.test":       {Tenant, 10, "S0-022"},
	"dates.order":      {Tenant, 5, "S0-022 S0-025"},

	"papers.intent":    {Tenant, 25, "S0-010 S0-026"},
	"papers.terms":     {Tenant, 20, "S0-012 S1-134"},
	"papers.agreement": {Tenant, 20, "S1-133"},

	"contract.provider":      {Tenant, 25, "S0-007 S1-085"},
	"contract.sheet":         {Tenant, 25, "S1-087"},
	"contract.itsp":          {Tenant, 25, "S0-013 S1-090 S1-091"},
	"contract.administrator": {Tenant, 20, "S1-162"},

	"account.state":      {TSystems, 15, "S1-102 S1-103 S1-107"},
	"account.activation": {Tenant, 10, "S1-109 S1-160 D7"},
	"account.unknown":    {Tenant, 15, "D7"},
	"account.gateway":    {Tenant, 10, "S0-031"},
	"account.mailboxes":  {Tenant, 15, "S1-089"},
	"account.mailbox":    {Tenant, 10, "S1-078"},
	"account.price":      {Tenant, 0, "S1-063"},

	"domains.none":      {Tenant, 20, "S0-027 S1-088"},
	"domains.form":      {Tenant, 20, "S1-078"},
	"domains.suffix":    {Tenant, 20, "S0-008"},
	"domains.twice":     {Tenant, 5, "S1-164"},
	"domains.direction": {Tenant, 10, "S1-164 D14"},
	"domains.bound":     {TSystems, 10, "S0-016"},
	"domains.both":      {Tenant, 5, "S1-157 D11"},
	"domains.catchall":  {Tenant, 5, "S1-155 D11"},
	"domains.bounce":    {Tenant, 5, "S1-156 D11"},
	"domains.info":      {Tenant, 0, "S1-183 D31"},

	"mail.none":        {Tenant, 15, "S0-037"},
	"mail.form":        {Tenant, 15, "S0-037"},
	"mail.demail":      {Tenant, 15, "S0-037"},
	"mail.routed":      {KDN, 15, "S0-037"},
	"mail.server":      {Tenant, 15, "S1-136 S1-141"},
	"mail.hostname":    {Tenant, 10, "S1-136"},
	"mail.lan":         {Tenant, 15, "S1-141"},
	"mail.transport":   {Tenant, 15, "S0-038"},
	"mail.exchange":    {Tenant, 15, "S0-040"},
	"mail.certificate": {Tenant, 10, "S0-040"},
	"mail.certname":    {Tenant, 10, "S0-040"},
	"mail.certdate":    {Tenant, 10, "S0-040"},
	"mail.line":        {KDN, 15, "S0-039"},
	"mail.connector":   {Tenant, 5, "S0-021 S0-029"},

	"network.seen":    {KDN, 15, "S1-141"},
	"network.private": {KDN, 15, "S1-009 S1-141"},
	"network.taken":   {KDN, 15, "S1-009"},
	"network.matrix":  {Tenant, 10, "S1-058 S1-059"},
	"network.row":     {Tenant, 10, "S1-058"},

	"mapping.none":          {Tenant, 5, "S1-143"},
	"mapping.cells":         {Tenant, 5, "S1-149"},
	"mapping.quotes":        {Tenant, 5, "S1-149"},
	"mapping.octets":        {Tenant, 5, "S1-149"},
	"mapping.empty":         {Tenant, 5, "S1-149"},
	"mapping.formula":       {Tenant, 5, "S1-149"},
	"mapping.long":          {Tenant, 5, "S1-149"},
	"mapping.many":          {Tenant, 5, "S1-149"},
	"mapping.address":       {Tenant, 5, "S1-149"},
	"mapping.mailforeign":   {Tenant, 5, "S1-154 D12"},
	"mapping.demailforeign": {Tenant, 5, "S1-154 D12"},
	"mapping.ambiguous":     {Tenant, 5, "D12"},
	"mapping.twice":         {Tenant, 0, "D12"},
	"mapping.account":       {Tenant, 5, "S1-143 S1-170"},
	"mapping.lookalike":     {Tenant, 0, "D12"},
	"mapping.unmapped":      {Tenant, 0, "S1-174 D11"},
	"mapping.contradicts":   {Tenant, 5, "D12"},

	"contacts.owner":     {Tenant, 20, "S0-073"},
	"contacts.technical": {Tenant, 20, "S0-074"},
	"contacts.mail":      {Tenant, 20, "S0-073 S0-074"},
	"contacts.outage":    {Tenant, 0, "S0-074"},

	"administrators.who":       {Tenant, 10, "S1-147"},
	"administrators.technical": {Tenant, 15, "S0-017 S0-018 S0-030 S1-140"},
	"administrators.account":   {Tenant, 15, "S0-017 S0-018 S0-030 S1-140"},
	"administrators.user":      {Tenant, 15, "S1-139"},
	"administrators.role":      {Tenant, 15, "D8"},
	"administrators.person":    {Tenant, 15, "S0-018"},
	"administrators.mail":      {Tenant, 15, "S0-018"},

	"power.none":      {Tenant, 10, "S1-159 S1-167"},
	"power.holder":    {Tenant, 10, "S1-048"},
	"power.role":      {Tenant, 10, "S1-048 D8"},
	"power.purpose":   {Tenant, 10, "S1-159 D9"},
	"power.start":     {Tenant, 10, "D9"},
	"power.long":      {Tenant, 10, "S1-159 D9"},
	"power.period":    {Tenant, 10, "D9"},
	"power.test":      {Tenant, 10, "S1-159 D9"},
	"power.document":  {Tenant, 10, "S1-167"},
	"power.unlimited": {Tenant, 5, "S1-169 S1-176"},
}

// Names are the preconditions' names, sorted.
func Names() []string { return slices.Sorted(maps.Keys(preconditions)) }
