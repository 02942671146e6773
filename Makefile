TOOL = go tool -modfile=internal/tools/go.mod

.PHONY: check fmt vet test race golden programs fuzz bench notebooks generate install

check: fmt vet test ## what CI runs

fmt: ## fails and lists files that gofumpt would change
	@out=$$($(TOOL) gofumpt -l $$(git ls-files '*.go' ':!:internal/symbols')); test -z "$$out" || { echo "run gofumpt on:"; echo "$$out"; exit 1; }

vet:
	go vet ./...
	$(TOOL) staticcheck $$(go list ./... | grep -v internal/symbols)

test:
	go test ./...

race: ## with the data race detector, which turns invariants on
	go test -race ./display/... ./engine/... ./kafka/... ./kernel/... ./notebooks/... ./widgets/...

golden: ## rewrite golden files; read the difference like code
	go test ./engine ./widgets ./widgets/figure -rewrite
	go test ./interp/conformance -run 'TestLanguage|TestSupportedGo' -rewrite

programs: ## run all programs of Go's own test folder as cells, and note which agree with the compiler
	go test ./interp/conformance -run 'TestPrograms|TestSupportedGo' -programs all -rewrite -timeout 60m -v

fuzz: ## a minute for each fuzz test
	./internal/tools/fuzz.sh 60s

bench:
	go test -run '^$$' -bench . -benchmem ./engine/... ./kafka/... ./bench/...

notebooks: ## run the notebooks and write their outputs into them
	go run . run notebooks/guide.ipynb -o notebooks/guide.ipynb --for 10s

generate: ## symbol tables, export data and docs for cells; needed after a change of a package that cells import
	go generate ./internal/symbols

install: ## the kernel of this clone, for the user
	go install . && tickbook install
