"""Service names and their ports (RFC 6335; the IANA registry): system ports, and the others that are in common use.

A name that is registered for several ports stands here with the highest of them, which is what ExaBGP takes.
"""

import re
from socket import getservbyname
from typing import Final

NAME: Final = re.compile(r"[a-z0-9][a-z0-9+.-]{0,62}", re.ASCII)

TRANSPORTS: Final = ("tcp", "udp", "sctp", "dccp")

REGISTERED: Final = """
3com-amp3 629 3com-tsmux 106 914c-g 211 9pfs 564 acap 674 acas 62 accessbuilder 888 accessnetwork 699 aci 187
acmaint-dbd 774 acmaint-transd 775 acp 599 acr-nema 104 aed-512 149 afpovertcp 548 afs3-bos 7007 afs3-callback
7001 afs3-fileserver 7000 afs3-kaserver 7004 afs3-prserver 7002 afs3-rmtsys 7009 afs3-update 7008 afs3-vlserver
7003 afs3-volser 7005 agentx 705 alpes 463 amanda 10080 amandaidx 10082 amidxtape 10083 ampr-rcmd 459 amqp 5672
amqps 5671 anet 212 ansanotify 116 ansatrader 124 aodv 654 apertus-ldp 539 apex-edge 913 apex-mesh 912 appleqtc
458 appleqtcsrvr 545 applix 999 arcisdms 262 ariel1 419 ariel2 421 ariel3 422 arns 384 as-servermap 449 asa 386
asf-rmcp 623 asf-secure-rmcp 664 asia 626 asip-webadmin 311 asipregistry 687 asp 27374 at-3 203 at-5 205 at-7 207
at-8 208 at-echo 204 at-nbp 202 at-rtmp 201 at-zis 206 audit 182 auditd 48 aurora-cmgr 364 aurp 387 auth 113
authentication 113 avian 486 babel 6696 bacula-dir 9101 bacula-fd 9102 bacula-sd 9103 banyan-rpc 567 banyan-vip
573 bbs 7000 bdp 581 bfd-control 3784 bfd-echo 3785 bfd-multi-ctl 4784 bftp 152 bgmp 264 bgp 179 bgpd 2605 bgs-nsi
482 bh611 354 bhevent 357 bhfhs 248 bhmds 310 biff 512 binkp 24554 bl-idm 142 bmpp 632 bnet 415 bootpc 68 bootps
67 borland-dsj 707 busboy 998 cab-protocol 595 cableport-ax 282 cadlock 770 cadlock2 1000 cadview-3d 649 cal 588
canna 5680 capwap-control 5246 capwap-data 5247 cdc 223 cfdptkt 120 cfengine 5308 chargen 19 chshell 562 cimplex
673 cisco-fna 130 cisco-sccp 2000 cisco-sys 132 cisco-tdp 711 cisco-tna 131 citadel 504 cl-1 172 clc-build-daemon
8990 clearcase 371 cloanto-net-1 356 cmd 514 cmip-agent 164 cmip-man 163 coap 5683 coaps 5684 codaauth2 370
codasrv 2432 codasrv-se 2433 collaborator 622 commerce 542 compaq-evm 619 compressnet 3 comsat 512 comscm 437 con
759 conference 531 connendp 693 corba-iiop 683 corba-iiop-ssl 684 corerjd 284 couchdb 5984 courier 530 covia 64
crs 507 cryptoadmin 624 csi-sgwp 348 cso 105 csync2 30865 ctf 84 custix 528 cvc-hostd 442 cvspserver 2401
cybercash 551 cycleserv 763 cycleserv2 772 daap 3689 dasp 439 datametrics 1645 datasurfsrv 461 datasurfsrvsec 462
datex-asn 355 daytime 13 db-lsp 17500 dbase 217 dcap 22125 dcp 93 dctp 675 ddm-dfm 447 ddm-rdb 446 ddm-ssl 448
dec-dlm 625 decap 403 decauth 316 decbsrv 579 decladebug 410 decvms-sysmgt 441 dei-icda 618 deos 76 device 801
devshr-nts 552 dhcp-failover 647 dhcp-failover2 847 dhcpv6-client 546 dhcpv6-server 547 dicom 11112 dict 2628
digital-vrc 466 dircproxy 57000 direct 242 discard 9 disclose 667 distcc 3632 dixie 96 dlep 854 dls-mon 198
dn6-nlm-aud 195 dn6-smm-red 196 dna-cml 436 dns-llq 5352 dnsix 90 docker 2375 docker-s 2376 domain 53 domain-s 853
dpsi 315 dsf 555 dsfgw 438 dsp 33 dsp3270 246 dtag-ste-sb 352 dtk 365 dwr 644 echo 7 efs 520 elcsd 704 embl-ndt
394 emfis-cntl 141 emfis-data 140 entomb 775 entrust-aaas 680 entrust-aams 681 entrust-ash 710 entrust-kmsh 709
entrust-sps 640 entrusttime 309 epmap 135 epmd 4369 erpc 121 escp-ip 621 esro-emsdp 642 esro-gen 259 etcd-client
2379 eudora-set 592 exec 512 exp1 1021 exp2 1022 eyelink 589 f5-globalsite 2792 f5-iquery 4353 fatserv 347 fax
4557 fcp 510 fcp-udp 810 fido 60179 finger 79 flexlm 744 fln-spx 221 font-service 7100 freeciv 5556 fsp 21 fspd 21
ftp 21 ftp-agent 574 ftp-data 20 ftps 990 ftps-data 989 fujitsu-dev 747 gacp 190 garcon 999 gdoi 848 gdomap 538
gds-db 3050 geneve 6081 genie 402 genrad-mux 176 ggf-ncp 678 ginad 634 gist 270 git 9418 gnunet 2086 gnutella-rtr
6347 gnutella-svc 6346 go-login 491 gopher 70 gppitnp 103 gpsd 2947 graphics 41 gre-in-udp 4754 gris 2135
groupwise 1677 gsidcap 22128 gsiftp 2811 gsigatekeeper 2119 gss-http 488 gss-xlicen 128 gtp-control 2123 gtp-user
2152 h323hostcall 1720 ha-cluster 694 hap 661 hassle 375 hcp-wismar 686 hdap 263 hello-port 652 hems 151 hkp 11371
hmmp-ind 612 hmmp-op 613 hostname 101 hp-alarm-mgr 383 hp-collector 381 hp-managed-node 382 hprop 754 http 80
http-alt 8080 http-mgmt 280 http-rpc-epmap 593 https 443 hybrid-pop 473 hylafax 4559 hyper-g 418 hyperwave-isp 692
iafdbase 480 iafserver 479 iasd 432 iax 4569 ibm-app 385 ibm-db2 523 icad-el 425 iclcnet-locate 886 iclcnet-svinfo
887 icp 1112 icpv2 3130 ideafarm-door 902 ideafarm-panic 903 ident 113 idfp 549 idxp 603 ieee-mms 651 ieee-mms-ssl
695 igmpv3lite 465 iiop 535 imap 143 imap2 143 imap3 220 imaps 993 imsp 406 inbusiness 244 infoseek 414 ingres-net
134 ingreslock 1524 intecourier 495 integra-sme 484 intrinsa 503 ipcd 576 ipcserver 600 ipdd 578 ipfix 4739 ipp
631 iprop 2121 ipsec-nat-t 4500 ipx 213 irc 194 irc-serv 529 ircd 6667 ircs-u 6697 iris-beep 702 iris-lwz 715
iris-xpc 713 iris-xpcs 714 is99c 379 is99s 380 isakmp 500 iscsi 860 iscsi-target 3260 isi-gl 55 isisd 2608 isns
3205 iso-ill 499 iso-ip 147 iso-tp0 146 iso-tsap 102 iso-tsap-c2 399 itm-mcell-s 828 jabber-client 5222
jabber-server 5269 jargon 148 k-block 287 kamanda 10081 kdc 750 kerberos 88 kerberos-adm 749 kerberos-iv 750
kerberos-master 751 kerberos-sec 88 kerberos4 750 kerberos5 88 kermit 1649 keyserver 584 kink 910 kis 186 klogin
543 knet-cmp 157 kpasswd 464 krb-prop 754 krb5 88 krcmd 544 kryptolan 398 kshell 544 l2f 1701 l2tp 1701 lanserver
637 ldap 389 ldaps 636 ldp 646 legent-1 373 legent-2 374 link 245 lisp-control 4342 lisp-data 4341 ljk-login 472
llmnr 5355 lmp 701 loadav 750 loc-srv 135 locus-con 127 locus-map 125 login 513 lotusnote 1352 lotusnotes 1352
lrrd 4949 mac-srvr-admin 660 macon-tcp 456 macon-udp 456 magenta-logic 313 mail 25 mailbox-lm 505 mailq 174 maitrd
997 manet 269 masqdialer 224 matip-type-a 350 matip-type-b 351 mbap 502 mbap-s 802 mcidas 112 mcns-sec 638
mdbs-daemon 800 mdc-portmapper 685 mdns 5353 mdqs 666 mecomm 668 memcache 11211 meregister 669 meta5 393 metagram
99 meter 571 mfcobol 86 mgcp-callagent 2727 mgcp-gateway 2427 micom-pfs 490 microsoft-ds 445 mit-dov 91 mit-ml-dev
85 mobileip-agent 434 mobilip-mn 435 moira-db 775 moira-update 777 moira-ureg 779 mon 9255 mondex 471 mongodb
27017 monitor 561 mortgageware 367 mpls-udp 6635 mpm 45 mpm-flags 44 mpm-snd 46 mpp 218 mptn 397 mqtt 1883 mrm 679
ms-rome 569 ms-shuttle 568 ms-sql-m 1434 ms-sql-s 1433 ms-wbt-server 3389 msdp 639 msexch-routing 691 msg-auth 31
msg-icp 29 mtn 4691 multiling-http 777 multiplex 171 mumps 188 munin 4949 mylex-mapd 467 mysql 3306 mysql-proxy
6446 name 42 namp 167 nas 991 nbd 10809 nced 404 ncld 405 ncp 524 ndsauth 353 nest-protocol 489 netbios-dgm 138
netbios-ns 137 netbios-ssn 139 netconf-beep 831 netconf-ssh 830 netconfsoapbeep 833 netconfsoaphttp 832 netcp 395
netgw 741 netnews 532 netrcs 742 netrjs-1 71 netrjs-2 72 netrjs-3 73 netrjs-4 74 netsc-dev 155 netsc-prod 154
netstat 15 netviewdm1 729 netviewdm2 730 netviewdm3 731 netwall 533 netware-ip 396 new-rwho 550 nextstep 178 nfs
2049 nfsrdma 20049 nicname 43 nip 376 nlogin 758 nmap 689 nnsp 433 nntp 119 nntps 563 notify 773 novastorbakcup
308 npmp-gui 611 npmp-local 610 npmp-trap 609 nqs 607 nrpe 5666 ns 760 nsca 5667 nsiiops 261 nss-routing 159
nsw-fe 27 ntalk 518 ntp 123 ntske 4460 null 9 nut 3493 nxedit 126 obex 650 objcall 94 ocbinder 183 ocs-amu 429
ocs-cmu 428 ocserver 184 odmr 366 ohimsrv 506 old-radacct 1646 old-radius 1645 olsr 698 omginitialrefs 900 omniorb
8088 omserv 764 onmux 417 oob-ws-http 623 oob-ws-https 664 opalis-rdv 536 opalis-robot 314 opc-job-start 423
opc-job-track 424 openflow 6653 openport 260 openvms-sysipc 557 openvpn 1194 oracle 2005 osb-sd 400 ospf6d 2606
ospfapi 2607 ospfd 2604 osu-nms 192 owamp-control 861 owamp-test 861 pana 716 passgo 511 passgo-tivoli 627
passwd-server 752 password-chg 586 pawserv 345 pcmail-srv 158 pdap 344 personal-link 281 pftp 662 ph 481
philips-vc 583 phonebook 767 photuris 468 pim-rp-disc 496 pirp 553 pkix-3-ca-ra 829 pkix-timestamp 318 pop-3 110
pop2 109 pop3 110 pop3s 995 poppassd 106 portmapper 111 postgres 5432 postgresql 5432 pov-ray 494 powerburst 485
pptp 1723 predict 1210 print-srv 170 printer 515 prm-nm 409 prm-sm 408 profile 136 proofd 1093 prospero 191 pssc
645 pt-tls 271 ptcnameservice 597 ptp-event 319 ptp-general 320 pump 751 puparp 998 puppet 8140 purenoise 663
pwdgen 129 qbikgdp 368 qft 189 qmqp 628 qmtp 209 qotd 17 qrh 752 quake 26000 quotad 762 quote 17 radacct 1813
radius 1812 radius-acct 1813 radmin-port 4899 rap 256 rcp 469 re-mail-ck 50 readnews 119 realm-rusd 688 redis 6379
remctl 4373 remote-kis 185 remotefs 556 repcmd 641 repscmd 653 rescap 283 retrospect 497 rfb 5900 rfile 750
rift-lies 914 rift-ties 915 ripd 2602 ripng 521 ripngd 2603 ris 180 ris-cm 748 rje 5 rlp 39 rlzdbase 635 rmc 657
rmiregistry 1099 rmonitor 560 rmt 411 rmtcfg 1236 rndc 953 rootd 1094 route 520 routed 520 router 520 rpasswd 774
rpc2portmap 369 rpki-rtr 323 rpki-rtr-tls 324 rplay 5555 rptp 5556 rrh 753 rrp 648 rsh-spx 222 rsvd 168
rsvp-tunnel 363 rsync 873 rtcm-sc104 2101 rtelnet 107 rtip 771 rtsp 554 rtsps 322 rushd 696 rxe 761 s-net 166
sa-msg-port 1646 saft 487 sane 6566 sane-port 6566 saned 6566 sanity 643 scc-security 582 sco-dtmgr 617
sco-inetmgr 615 sco-sysmgr 616 sco-websrvrmg3 598 sco-websrvrmgr 620 scohelp 457 scoi2odialog 360 sctp-tunneling
9899 scx-proxy 470 sdnskmp 558 secure-mqtt 8883 semantix 361 send 169 servstat 633 set 257 sflow 6343 sfs-config
452 sfs-smp-net 451 sftp 115 sgcp 440 sge-execd 6445 sge-qmaster 6444 sgi-cad 17004 sgi-cmsd 17001 sgi-crsd 17002
sgi-gcd 17003 sgmp 153 sgmp-traps 160 shell 514 shrinkwrap 358 siam 498 sieve 4190 sift-uft 608 silc 706
silverplatter 416 sink 9 sip 5060 sip-tls 5061 sips 5061 skkserv 1178 skronk 460 smakynet 122 smartsdp 426
smpnameres 901 smpte 420 smsd 596 smsp 413 smtp 25 smtps 465 smux 199 snagas 108 snare 509 snmp 161 snmp-trap 162
snmptrap 162 snntp 563 snpp 444 sntp-heartbeat 580 soap-beep 605 socks 1080 softpc 215 sonar 572 source 19 spamd
783 spmp 656 spooler 515 spsc 478 sql-net 150 sqlserv 118 sqlsrv 156 src 200 srmp 193 srssend 362 ss7ns 477 ssdp
1900 ssh 22 sshell 614 ssmtp 465 sst 266 statsrv 133 stmf 501 streettalk 566 stun 3478 stuns 5349 stx 527
su-mit-tg 89 submission 587 submissions 465 submit 773 subntbcst-tftp 247 subversion 3690 sun-dr 665 sunrpc 111
supdup 95 supfiledbg 1127 supfilesrv 871 sur-meas 243 surf 1010 suucp 4031 svn 3690 svrloc 427 swift-rvf 97
synoptics-trap 412 synotics-broker 392 synotics-relay 391 syslog 514 syslog-conn 601 syslog-tls 6514 sysrqd 4094
systat 11 tacacs 49 tacacs-ds 65 tacnews 98 talk 517 tap 113 tbrpf 712 tcpmux 1 tcpnethaspsrv 475 td-replica 268
td-service 267 teedtap 559 tell 754 telnet 23 telnets 992 tempo 526 tenfold 658 teredo 3544 texar 333 tfido 60177
tftp 69 ticf-1 492 ticf-2 493 timbuktu 407 time 37 timed 525 timserver 37 tinc 655 tn-tl-fd1 476 tn-tl-w1 474
tn-tl-w2 474 tns-cml 590 tpip 594 tproxy 8081 tsap 102 tserver 450 ttytst 19 tunnel 604 twamp-control 862
twamp-test 862 uaac 145 uarps 219 uis 390 ulistproc 372 ulp 522 ulpnet 483 unidata-ldm 388 unify 181 untp 119 ups
401 urd 465 urm 606 users 11 utime 519 utmpcd 431 utmpsd 430 uucp 540 uucp-path 117 uucp-rlogin 541 uucpd 540
uuidgen 697 vacdsm-app 671 vacdsm-sws 670 vatp 690 vemmi 575 venus 2430 venus-se 2431 vettcp 78 vid 769 videotex
516 vmnet 175 vmpwscs 214 vnas 577 vpp 677 vpps-qua 672 vpps-via 676 vsinet 996 vslmp 312 vxlan 4789 vxlan-gpe
4790 wais 210 webcache 8080 webmin 10000 webpush 1001 webster 765 who 513 whoami 565 whod 513 whois 43 whoispp 63
windream 534 wnn6 22273 wpages 776 wpgs 780 www 80 x-bone-ctl 265 x11 6000 x11-0 6000 x11-1 6001 x11-2 6002 x11-3
6003 x11-4 6004 x11-5 6005 x11-6 6006 x11-7 6007 xact-backup 911 xdmcp 177 xfer 82 xfr 682 xfs 7100 xinetd 9098
xmlrpc-beep 602 xmms2 9667 xmpp-client 5222 xmpp-server 5269 xns-auth 56 xns-ch 54 xns-courier 165 xns-mail 58
xns-time 52 xtel 1313 xtelw 1314 xvttp 508 xyplex-mux 173 z39-50 210 z3950 210 zabbix-agent 10050 zabbix-trapper
10051 zannet 317 zebra 2601 zebrasrv 2600 zephyr-clt 2103 zephyr-hm 2104 zephyr-srv 2102 zope 9673 zope-ftp 8021
zserv 346
"""


def table() -> dict[str, int]:
    words = REGISTERED.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


PORTS: Final[dict[str, int]] = table()


def port(name: str) -> int:
    """The port of a service, -1 when nobody knows it; names that are not here are sought in this host's database."""
    found = PORTS.get(name, -1)
    if found >= 0 or NAME.fullmatch(name) is None or name.isdecimal():
        return found
    for transport in TRANSPORTS:
        try:
            found = max(found, getservbyname(name, transport))
        except OSError:
            pass
    return found
